package dev.authtokens.harness;

/** One PostgreSQL for all classes of a test run. It starts with the first database, and stops with the JVM. */
public final class SharedPostgres {

    /** A system property, since the tests of Quarkus and the others have class loaders of their own. */
    private static final String URL = "postgres-of-the-tests.url";

    private SharedPostgres() {}

    /** The URL of a new, empty database. */
    public static String newDatabase() {
        return Postgres.newDatabase(server());
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
