package dev.authtokens.token;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the database told: {@code tokens} and digests in hex, {@code account} and an id, or {@code all}. */
record RevocationNews(List<byte[]> digests, Set<Long> accounts, boolean everything) {

    /** More at once than this, and everything is dropped instead of looking for each. */
    static final int MOST = 1000;

    private static final RevocationNews EVERYTHING = new RevocationNews(List.of(), Set.of(), true);
    private static final String TOKENS = "tokens ";
    private static final String ACCOUNT = "account ";

    /** What cannot be read may have been about anything. */
    static RevocationNews of(Collection<String> messages) {
        if (messages.size() > MOST) {
            return EVERYTHING;
        }
        List<byte[]> digests = new ArrayList<>();
        Set<Long> accounts = new HashSet<>();
        try {
            for (String message : messages) {
                if (message.startsWith(TOKENS)) {
                    Stream.of(message.substring(TOKENS.length()).split(" "))
                            .map(HexFormat.of()::parseHex)
                            .forEach(digests::add);
                } else if (message.startsWith(ACCOUNT)) {
                    accounts.add(Long.valueOf(message.substring(ACCOUNT.length())));
                } else {
                    return EVERYTHING;
                }
            }
        } catch (IllegalArgumentException e) {
            return EVERYTHING;
        }
        return new RevocationNews(digests, accounts, false);
    }

    void dropFrom(TokenCache cache) {
        if (everything) {
            cache.invalidateAll();
        }
        cache.invalidate(digests);
        if (!accounts.isEmpty()) {
            cache.invalidateAccounts(accounts);
        }
    }
}
