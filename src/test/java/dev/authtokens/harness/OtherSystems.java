package dev.authtokens.harness;

import java.util.List;

/** Hashes of one password in the forms of other systems, made by Python, OpenSSL, the C library and argon2 of Debian. */
public final class OtherSystems {

    public static final String PASSWORD = "correct horse battery";

    /** Of little work, so that nothing waits for them. */
    public static final List<String> HASHES = List.of(
            "pbkdf2_sha256$1000$q3vUHTkFm8cVUl9aPQKc1e$2ABQmsiP8e/bWF1yxpGoeniSEA6OVYJqjaDj4BPj498=",
            "$argon2id$v=19$m=32,t=3,p=4$c29tZXNhbHQxMjM0NTY3OA$1OLEtdYg+LQ12OL9B9R4qyjwbbg+PhBsVTME8FLA1EI",
            "$scrypt$ln=4,r=8,p=2$2R4/ch/LGXEXRJTWSTydXA==$ViwaV7L2ZUeB6G8NBBm6/lr+4bhde7PUwad9RmeKBUg=",
            "$firescrypt$ln=4,r=8,p=1$NGC+MSAeaf7aoA==$bc6HCHTyBFaej0xZQYpX2Rm23Vm5EVUjUxfaEPSVpxT5jrqPaDfo0ITUUiJvuNiN"
                    + "WETHKLDJAZVFkRRkBEBVkQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0"
                    + "QsEmYUSDzZvpjeJ9WmXA==",
            "$6$rounds=1000$k9Q2mZ7p$caQt57VVh9kVbSlPuyk1bSz36AMFMFvfkBfy/WvR4Nagl3XYwgzxqoZp1/Y97ZtBqQImVS0GtLpaGY5C"
                    + ".zryH/",
            "{SSHA}pzGewQaCXvRI4lVUbh/j0kVPIIbu6LmZf1x8KQ==");

    private OtherSystems() {}
}
