package dev.authtokens.harness;

import java.io.IOException;

/** A part of a TCP proxy, in a thread of its own, that ends with its connection. */
interface IoTask {

    void run() throws IOException;

    static void start(IoTask task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // The connection, or the test, has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
