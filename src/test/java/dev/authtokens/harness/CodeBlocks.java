package dev.authtokens.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The code that a document shows. */
public final class CodeBlocks {

    private CodeBlocks() {}

    public static List<String> of(Path document, String language) throws IOException {
        return Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(document))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
