import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** The first pages of the lists, while accounts, sessions and audit events grow: one session and ten events for each account. */
final class Lists {

    private static final int FEW = 10_000;
    private static final int RATE = 50;

    private final Report report;
    private final int seconds;
    private final int many;
    private final Instant oldest = Instant.now().minus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    private int accounts;

    private record Page(String name, Supplier<Request> request) {}

    /** @param many accounts at last */
    Lists(Report report, int seconds, int many) {
        this.report = report;
        this.seconds = seconds;
        this.many = many;
    }

    /** @param args accounts at last, and seconds of each measurement: only this is measured */
    public static void main(String[] args) throws Exception {
        Service.firstLogin(Service.JVM);
        Lists lists = new Lists(new Report(), Integer.parseInt(args[1]), Integer.parseInt(args[0]));
        lists.run();
        System.out.print(lists.report.table());
    }

    void run() throws Exception {
        Tokens.sql("truncate auth_tokens, audit_events", "delete from users where role = 'USER'");
        try (Service service = Service.start(Map.of()).awaitAnswer()) {
            List<Page> pages = pages("Authorization: giantswarm " + service.logIn());
            fill(FEW);
            for (Page page : pages) {
                p99(page, 2);
            }
            List<Double> before = new ArrayList<>();
            for (Page page : pages) {
                before.add(p99(page, seconds));
            }
            fill(many);
            for (int i = 0; i < pages.size(); i++) {
                p99(pages.get(i), 2);
                String name = "first page of " + pages.get(i).name() + ", p99: " + many + " accounts to " + FEW;
                report.ratioAtMost(name, p99(pages.get(i), seconds), "ms", before.get(i), 1.2, 50);
            }
        }
    }

    private List<Page> pages(String admin) {
        return List.of(
                new Page("own sessions", () -> Request.get(
                        "/v4/auth-tokens/", "Authorization: giantswarm " + Tokens.of(random()))),
                new Page("users", () -> Request.get("/v4/users/?limit=100", admin)),
                new Page("users with a prefix", () -> Request.get("/v4/users/?limit=100&prefix=user-" + random(), admin)),
                new Page("audit events", () -> Request.get("/v4/audit-events/", admin)),
                new Page("audit events of an account", () -> Request.get(
                        "/v4/audit-events/?account=user-" + random() + "@example.com", admin)),
                new Page("audit events of a rare kind", () -> Request.get("/v4/audit-events/?kind=USER_CREATED", admin)),
                new Page("audit events of a time", () -> Request.get(
                        "/v4/audit-events/?until=" + oldest.plusMillis(random() * 1000L), admin)));
    }

    private int random() {
        return ThreadLocalRandom.current().nextInt(accounts);
    }

    private double p99(Page page, int seconds) throws Exception {
        return Load.atRate(RATE, seconds, 8, n -> page.request().get().text()).p(0.99);
    }

    /** Up to so many accounts: one creation in a hundred events, and an event each tenth of a second. */
    private void fill(int upTo) throws Exception {
        int from = accounts;
        accounts = upTo;
        Tokens.sql("""
                insert into users (email, email_canonical, password_hash, role, created_at)
                select email, email, 'none', 'USER', now()
                from (select 'user-' || n || '@example.com' from generate_series(%d, %d) n) as all_of_them(email)"""
                .formatted(from, upTo - 1), """
                insert into auth_tokens (digest, id, user_id, created_at, address, user_agent)
                select sha256(sha256(('bench ' || n)::bytea)), gen_random_uuid(), id, now(), '192.0.2.1', 'Mozilla/5.0'
                from generate_series(%d, %d) n join users on email_canonical = 'user-' || n || '@example.com'"""
                .formatted(from, upTo - 1), """
                insert into audit_events (at, kind, outcome, actor, account, token_id, request_id, address, user_agent)
                select timestamptz '%s' + n * interval '100 ms', case n %% 100 when 0 then 'USER_CREATED' else 'LOGIN' end,
                       'SUCCESS', account, account, gen_random_uuid(), gen_random_uuid(), '192.0.2.1', 'Mozilla/5.0'
                from (select n, 'user-' || n / 10 || '@example.com' from generate_series(%d, %d) n) as event(n, account)"""
                .formatted(oldest, from * 10L, upTo * 10L - 1));
        Tokens.settle();
    }
}
