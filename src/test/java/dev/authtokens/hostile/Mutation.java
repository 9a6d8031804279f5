package dev.authtokens.hostile;

import java.util.function.Consumer;

/** One way to spoil a request. */
record Mutation(Kind kind, String name, Consumer<HostileRequest> change) {

    enum Kind {
        FIELD,
        BODY,
        PATH,
        QUERY,
        HEADER,
        METHOD,
        FRAMING
    }

    void apply(HostileRequest request) {
        change.accept(request);
    }

    @Override
    public String toString() {
        return kind + " " + (name.length() > 80 ? name.substring(0, 80) + "..." : name);
    }
}
