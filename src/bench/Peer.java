import java.util.Optional;

/** A server that is compared: how it is started, and the requests by which it does what all of them do. */
interface Peer {

    String USER = "user@example.com";
    String PASSWORD = "correct horse battery";

    String name();

    /** How passwords are hashed. */
    String hash();

    /** What asks whether a token is valid. */
    String checkedBy();

    /** Makes its schema and what the measurement needs of accounts and clients. */
    void prepare() throws Exception;

    /** So that two instances can be started together. */
    default void prepareSecondInstance() throws Exception {}

    /** Starts one of two instances with the same database, and does not wait for it. */
    Server start(int instance) throws Exception;

    Request login();

    /** @param login the answer to the login */
    Request check(Connection.Answer login);

    boolean isValid(Connection.Answer check);

    Request logout(Connection.Answer login);

    /** By RFC 7662, where it has that. */
    default Optional<Request> introspection(Connection.Answer login) {
        return Optional.empty();
    }
}
