package io.levee.guard.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's certificate and key, from files. Immutable. */
final class Tls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([^-]*)-----END", Pattern.DOTALL);
    private static final char[] NO_PASSWORD = {};

    private final KeyStore store;

    private Tls(KeyStore store) {
        this.store = store;
    }

    KeyStore store() {
        return store;
    }

    char[] password() {
        return NO_PASSWORD.clone();
    }

    /** A chain of certificates, the server's first, and its key in PKCS 8, under a number that tells them from earlier ones. */
    static Tls pem(Path certificates, Path key, int generation) {
        try {
            Certificate[] chain;
            try (InputStream in = Files.newInputStream(certificates)) {
                chain = CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .toArray(Certificate[]::new);
            }
            if (chain.length == 0) {
                throw new IllegalArgumentException(
                        certificates + " has no certificate; give a file with BEGIN CERTIFICATE");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            PublicKey certified = chain[0].getPublicKey();
            PrivateKey own = privateKey(key, certified.getAlgorithm());
            if (!goTogether(own, certified)) {
                throw new IllegalArgumentException(key + " is not the key of the certificate " + certificates
                        + "; give the two that were made together");
            }
            store.setKeyEntry("guard-" + generation, own, NO_PASSWORD, chain);
            return new Tls(store);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificate " + certificates + " and the key " + key + " cannot be read: " + e.getMessage(),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + e.getMessage(), e);
        }
    }

    /** Whether what the key signs is what the certificate verifies: two files that are written one after the other may not go together. */
    private static boolean goTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        byte[] text = "levee".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(text);
        return signature.verify(signed);
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new IllegalArgumentException(file + " has no private key; give a file with BEGIN PRIVATE KEY");
        }
        if (!matcher.group(1).equals("PRIVATE KEY")) {
            throw new IllegalArgumentException(file + " is a " + matcher.group(1)
                    + "; turn it into PKCS 8: openssl pkcs8 -topk8 -nocrypt -in " + file.getFileName());
        }
        byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(2));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    }
}
