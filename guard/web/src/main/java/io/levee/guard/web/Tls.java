package io.levee.guard.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
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
    private final char[] password;

    private Tls(KeyStore store, char[] password) {
        this.store = store;
        this.password = password;
    }

    KeyStore store() {
        return store;
    }

    String password() {
        return new String(password);
    }

    /** A chain of certificates, the server's first, and its key in PKCS 8. */
    static Tls pem(Path certificates, Path key) {
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
            store.setKeyEntry("guard", privateKey(key, chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
            return new Tls(store, NO_PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificate " + certificates + " and the key " + key + " cannot be read: " + e.getMessage(),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + e.getMessage(), e);
        }
    }

    static Tls pkcs12(Path file, String password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(Files.readAllBytes(file)), password.toCharArray());
            return new Tls(store, password.toCharArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the keystore " + file + " cannot be read: " + e.getMessage(), e);
        }
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
