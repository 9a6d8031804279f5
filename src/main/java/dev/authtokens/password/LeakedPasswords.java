package dev.authtokens.password;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.quarkus.runtime.util.HashUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A list of leaked passwords as they are published: lines of SHA-1 in hexadecimal, and perhaps a colon and a count, sorted. A
 * search reads some dozen places and keeps nothing in memory, so the file may have any size, and may be replaced at any time.
 */
public record LeakedPasswords(Path file) {

    private static final int DIGITS = 40;
    private static final Pattern LINE = Pattern.compile("[0-9A-Fa-f]{" + DIGITS + "}(:[0-9]{1,19})?\r?");

    /** No line is longer, with its end. */
    private static final int MAX_LINE = 64;

    private static final int BLOCK = 64 * 1024;

    /** Why the file cannot be a list, by its beginning and its end: what to say of the setting. */
    public Optional<String> refusal() {
        try (FileChannel channel = FileChannel.open(file)) {
            List<String> lines = new ArrayList<>(read(channel, 0, BLOCK).lines().toList());
            if (channel.size() > BLOCK) {
                // The last of the first block, and the first of the last one, may be cut.
                lines.remove(lines.size() - 1);
                String last = read(channel, Math.max(BLOCK, channel.size() - BLOCK), BLOCK);
                last.lines().skip(1).forEach(lines::add);
            }
            boolean isList = !lines.isEmpty()
                    && lines.stream().allMatch(line -> LINE.matcher(line).matches())
                    && isSorted(lines.stream().map(LeakedPasswords::digest).toList());
            return isList ? Optional.empty() : Optional.of("is no file with lines of SHA-1 digests, sorted by them");
        } catch (IOException e) {
            return Optional.of("cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** @throws UncheckedIOException when the file cannot be read, or is no such list */
    boolean contains(byte[] password) {
        String sought = HashUtil.sha1(password);
        try (FileChannel channel = FileChannel.open(file)) {
            long from = 0;
            long to = channel.size();
            while (from < to) {
                long middle = from + (to - from) / 2;
                long begin = Math.max(from, middle - MAX_LINE);
                String around = read(channel, begin, 2 * MAX_LINE);
                int line = around.lastIndexOf('\n', (int) (middle - begin) - 1) + 1;
                int end = around.indexOf('\n', line);
                String found = around.substring(line, end < 0 ? around.length() : end);
                if (!LINE.matcher(found).matches()) {
                    throw new IOException("A line is no SHA-1 digest");
                }
                int order = digest(found).compareTo(sought);
                if (order == 0) {
                    return true;
                }
                if (order < 0) {
                    from = begin + line + found.length() + 1;
                } else {
                    to = begin + line;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("The list of leaked passwords cannot be searched", e);
        }
    }

    private static String read(FileChannel channel, long begin, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, begin + bytes.position()) >= 0) {
            // up to the end of the file
        }
        return new String(bytes.array(), 0, bytes.position(), ISO_8859_1);
    }

    private static boolean isSorted(List<String> digests) {
        return digests.equals(digests.stream().sorted().distinct().toList());
    }

    private static String digest(String line) {
        return line.substring(0, DIGITS).toLowerCase(Locale.ROOT);
    }
}
