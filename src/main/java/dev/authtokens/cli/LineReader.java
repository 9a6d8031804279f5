package dev.authtokens.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines as bytes; of one that is too long no more than the limit is ever in memory. */
class LineReader {

    /**
     * A line without its end.
     *
     * @param number from 1
     */
    record Line(long number, byte[] bytes, boolean isTooLong) {}

    private final InputStream in;
    private final int maxLength;
    private long number;
    private long position;

    LineReader(InputStream in, int maxLength) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.maxLength = maxLength;
    }

    /** Null at the end. */
    Line next() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean isTooLong = false;
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (bytes.size() < maxLength) {
                bytes.write(next);
            } else {
                isTooLong = true;
            }
            position++;
            next = in.read();
        }
        position++;
        return new Line(++number, bytes.toByteArray(), isTooLong);
    }

    /** Bytes that were read. */
    long position() {
        return position;
    }
}
