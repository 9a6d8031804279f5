package dev.authtokens.cli;

import dev.authtokens.access.EmailAddress;
import dev.authtokens.audit.AuditEvent;
import dev.authtokens.audit.AuditKind;
import dev.authtokens.audit.AuditQuery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The commands about the audit log. */
@Command(name = "audit", description = "Lists audit events.", footer = "  auth-tokens audit list --help")
class AuditCommands {

    private static final int MAX_LIMIT = 1000;
    private static final String ROW = "%-8s  %-" + Output.TIME_WIDTH + "s  %-16s  %-19s  %-30s  %-30s  %s";

    @ParentCommand
    TopCommand top;

    @Command(
            name = "list",
            description = "Lists audit events, the latest first. --json also prints where a request came from.",
            footer = {
                "  auth-tokens audit list --account andy@example.com --from 2026-01-15",
                "  auth-tokens audit list --kind LOGIN --limit 1000 --json"
            })
    void list(
            @Option(
                            names = "--account",
                            paramLabel = "EMAIL",
                            description = "Only of the account with this e-mail address.")
                    EmailAddress account,
            @Option(names = "--kind", paramLabel = "KIND", description = "Only of this kind: ${COMPLETION-CANDIDATES}.")
                    AuditKind kind,
            @Option(names = "--from", paramLabel = "TIME", description = "Only at or after this time.") Instant from,
            @Option(names = "--until", paramLabel = "TIME", description = "Only before this time.") Instant until,
            @Option(
                            names = "--before",
                            paramLabel = "ID",
                            defaultValue = "" + Long.MAX_VALUE,
                            description = "Only before the event of this id: the last one of the previous page.")
                    long before,
            @Mixin Output output,
            @Option(
                            names = "--limit",
                            paramLabel = "NUMBER",
                            defaultValue = "100",
                            description = "Maximum number of events, 1 to 1,000; 100 by default.")
                    Integer limit) {
        if (limit > MAX_LIMIT) {
            throw new CommandFailure(ExitCode.WRONG_USAGE, "--limit is at most 1,000; --before continues a list.");
        }
        AuditQuery query = new AuditQuery(
                Optional.ofNullable(account).map(EmailAddress::canonical),
                Optional.ofNullable(kind),
                Optional.ofNullable(from),
                Optional.ofNullable(until),
                before);
        List<AuditEvent> events = top.context.audit().find(query, limit);
        String header = ROW.formatted("ID", "AT", "KIND", "OUTCOME", "ACTOR", "ACCOUNT", "DETAIL");
        output.print(top.context, header, events, AuditCommands::row);
    }

    private static String row(AuditEvent event) {
        return ROW.formatted(
                event.id(),
                Output.time(event.at()),
                event.kind(),
                event.outcome(),
                Output.orDash(event.actor()),
                Output.orDash(event.account()),
                Output.orDash(event.detail()));
    }
}
