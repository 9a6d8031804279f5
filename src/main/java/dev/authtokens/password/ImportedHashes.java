package dev.authtokens.password;

import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Verifies imported hashes within a bounded memory: those that do not fit at the moment wait. */
final class ImportedHashes {

    private static final Logger LOG = Logger.getLogger(ImportedHashes.class);

    private final int kibibytes;
    private final Semaphore free;

    /** @param memory in bytes, for all verifications together */
    ImportedHashes(long memory) {
        this.kibibytes = (int) Math.min(Integer.MAX_VALUE, memory / 1024);
        this.free = new Semaphore(kibibytes, true);
    }

    /** Empty, and the log says why, when it cannot be verified. */
    Optional<ImportedHash> find(String stored) {
        try {
            ImportedHash hash = ImportedHash.parse(stored);
            if (hash.memory() <= kibibytes) {
                return Optional.of(hash);
            }
            LOG.warnf(
                    "The imported password hash of an account needs %d MiB, more than half of the heap, so nobody can log in"
                            + " to it: the audit event with this request id names it. Raise the heap with -Xmx",
                    hash.memory() / 1024);
        } catch (ImportedHash.Refused e) {
            LOG.warn(
                    "The stored password hash of an account has an unknown pepper or scheme, so nobody can log in to it."
                            + " Set auth-tokens.password.previous-peppers, or set a new password for the account, which"
                            + " the audit event with this request id names");
        }
        return Optional.empty();
    }

    /** Waits for the memory first. */
    boolean matches(ImportedHash hash, byte[] password) {
        free.acquireUninterruptibly(hash.memory());
        try {
            return hash.matches(password);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            free.release(hash.memory());
        }
    }
}
