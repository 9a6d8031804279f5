package dev.authtokens.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The version that this was built as. */
class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        try (InputStream text = Version.class.getResourceAsStream("version.txt")) {
            return new String[] {new String(text.readAllBytes(), StandardCharsets.UTF_8).strip()};
        }
    }
}
