package dev.authtokens.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    @Test
    void saysWhichRolesMayCall() {
        assertEquals(List.of(Role.USER, Role.ADMIN, Role.SERVICE), rolesOf(Access.Who.ANYONE));
        assertEquals(List.of(Role.USER, Role.ADMIN, Role.SERVICE), rolesOf(Access.Who.BEARER));
        assertEquals(List.of(Role.USER, Role.ADMIN), rolesOf(Access.Who.SIGNED_IN));
        assertEquals(List.of(Role.ADMIN, Role.SERVICE), rolesOf(Access.Who.INTROSPECTOR));
        assertEquals(List.of(Role.ADMIN), rolesOf(Access.Who.ADMIN));
    }

    @ParameterizedTest
    @EnumSource
    void readsARoleAsItWritesIt(Role role) {
        assertEquals(Optional.of(role), Role.parse(role.wireName()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ADMIN", "admin ", "root"})
    void knowsNoOtherRoles(String written) {
        assertEquals(Optional.empty(), Role.parse(written));
    }

    private static List<Role> rolesOf(Access.Who who) {
        return Arrays.stream(Role.values()).filter(who::includes).toList();
    }
}
