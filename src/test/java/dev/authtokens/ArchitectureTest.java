package dev.authtokens;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.authtokens.access.Access;
import dev.authtokens.user.CurrentUserResource;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.persistence.Entity;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.authtokens");

    /** From the lowest to the highest: a package uses those before it only. */
    private static final List<String> LAYERS = List.of(
            "settings",
            "problem",
            "access",
            "database",
            "audit",
            "http",
            "info",
            "password",
            "user",
            "token",
            "session",
            "login",
            "authentication",
            "introspection",
            "cli",
            "dev");

    @Test
    void packagesUseLowerOnesOnly() {
        for (int i = 0; i < LAYERS.size(); i++) {
            String[] higher = LAYERS.subList(i + 1, LAYERS.size()).stream()
                    .map(layer -> "dev.authtokens." + layer)
                    .toArray(String[]::new);
            if (higher.length > 0) {
                noClasses()
                        .that(are(resideInAPackage("dev.authtokens." + LAYERS.get(i))))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(higher))
                        .check(MAIN);
            }
        }
    }

    @Test
    void everyPackageHasItsLayer() {
        classes()
                .should()
                .resideInAnyPackage(Stream.concat(
                                Stream.of("dev.authtokens"), LAYERS.stream().map(layer -> "dev.authtokens." + layer))
                        .toArray(String[]::new))
                .check(MAIN);
    }

    @Test
    void everyEndpointSaysWhoMayCallIt() {
        methods()
                .that()
                .areMetaAnnotatedWith(HttpMethod.class)
                .should()
                .beAnnotatedWith(Access.class)
                .check(MAIN);
    }

    @Test
    void onlyTokenChecksAndLoginsBeginOnAnEventLoop() {
        methods()
                .that()
                .areMetaAnnotatedWith(HttpMethod.class)
                .and()
                .haveRawReturnType(CompletionStage.class)
                .should()
                .beAnnotatedWith(Blocking.class)
                .orShould()
                .beAnnotatedWith(NonBlocking.class)
                .check(MAIN);
        methods()
                .that()
                .areAnnotatedWith(NonBlocking.class)
                .should()
                .beDeclaredInClassesThat(resideInAnyPackage("dev.authtokens.introspection", "dev.authtokens.login")
                        .or(equivalentTo(CurrentUserResource.class)))
                .check(MAIN);
        methods()
                .that()
                .areMetaAnnotatedWith(HttpMethod.class)
                .should()
                .notHaveRawReturnType(Uni.class)
                .check(MAIN);
    }

    @Test
    void onlyProblemsBuildAnswersOfTheirOwn() {
        noClasses()
                .that(are(resideOutsideOfPackage("dev.authtokens.problem")))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Response.class)
                .check(MAIN);
    }

    @Test
    void entitiesStayInTheirPackage() {
        for (String feature : new String[] {"audit", "token", "user"}) {
            noClasses()
                    .that(are(resideOutsideOfPackage("dev.authtokens." + feature)))
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.authtokens." + feature)
                            .and(com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith(
                                    Entity.class)))
                    .check(MAIN);
        }
    }

    @Test
    void onlyStoresAndWhatTheyUseTouchEntities() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Resource")
                .should()
                .onlyDependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith(
                                Entity.class)))
                .check(MAIN);
    }

    @Test
    void nothingUsesTheDevelopmentMode() {
        noClasses()
                .that(are(resideOutsideOfPackage("dev.authtokens.dev")))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.authtokens.dev"))
                .check(MAIN);
    }

    @Test
    void nothingIsInjectedIntoFields() {
        noFields()
                .should()
                .beAnnotatedWith(Inject.class)
                .orShould()
                .beAnnotatedWith(Context.class)
                .check(MAIN);
    }

    /** Machines' clocks differ: what is stored, or compared with it, goes by the database's. */
    @Test
    void nothingGoesByTheClockOfTheMachine() {
        noClasses()
                .that()
                .doNotHaveSimpleName("DatabaseClock")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(Date.class)
                .orShould()
                .dependOnClassesThat(resideInAPackage("io.quarkus.scheduler"))
                .check(MAIN);
    }

    /** One that is made when the native executable is built would begin with the same numbers in all of them. */
    @Test
    void noSourceOfRandomNumbersIsStatic() {
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(assignableTo(Random.class))
                .check(MAIN);
    }
}
