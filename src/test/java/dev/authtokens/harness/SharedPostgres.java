package dev.authtokens.harness;

/** One PostgreSQL for all classes of a test run. It starts with the first database, and stops with the JVM. */
public final class SharedPostgres {

    /** A system property, since the tests of Quarkus and the others have class loaders of their own. */
    private static final String URL = "postgres-of-the-tests.url";

    private static String template;

    private SharedPostgres() {}

    /** The URL of a new, empty database. */
    public static String newDatabase() {
        return Postgres.newDatabase(server(), "template1");
    }

    /** The same with the schema of the service, which saves its start more than half of its work. */
    public static String newDatabaseWithSchema() {
        synchronized (SharedPostgres.class) {
            if (template == null) {
                String url = newDatabase();
                try (ServiceProcess migration = ServiceProcess.command(ServiceProcess.database(url), "migrate")) {
                    if (migration.exitCode() != 0) {
                        throw new AssertionError(migration.errors());
                    }
                }
                template = url.substring(url.lastIndexOf('/') + 1);
            }
        }
        return Postgres.newDatabase(server(), template);
    }

    private static String server() {
        synchronized (System.getProperties()) {
            if (System.getProperty(URL) == null) {
                System.setProperty(URL, Postgres.start().url());
            }
            return System.getProperty(URL);
        }
    }
}
