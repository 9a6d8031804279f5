package dev.authtokens.token;

import java.util.List;

/** The transaction ends these tokens, which are named by their digests. */
record TokensEnded(List<byte[]> digests) {}
