package io.levee.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A server's key with its certificate, made by the JDK's own keytool when a test needs one, and what trusts it. */
public final class Certificates {
    private static final String PASSWORD = "changeit";

    /** Keytool takes its time, and no test minds another one's certificate. */
    private static final Map<String, Certificates> MADE = new ConcurrentHashMap<>();

    private final KeyManagerFactory keys;
    private final TrustManagerFactory trust;

    private Certificates(KeyStore store, KeyStore trusted) throws GeneralSecurityException {
        keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
    }

    /** Self-signed and valid for years, for a name as in {@code ip:127.0.0.1} or {@code dns:elsewhere.invalid}. */
    public static Certificates selfSigned(String subjectAlternativeName) {
        return MADE.computeIfAbsent(
                subjectAlternativeName,
                name -> make(folder -> {
                    keytool(
                            folder,
                            "-genkeypair -alias server -keyalg EC -dname CN=levee-test -validity 3650 -ext SAN="
                                    + name);
                    KeyStore store = load(folder);
                    return new Certificates(store, store);
                }));
    }

    /**
     * Valid until the day before yesterday. It has an issuer, which is what is trusted: a certificate that is trusted by
     * itself is so whatever its dates say.
     */
    public static Certificates expired(String subjectAlternativeName) {
        return MADE.computeIfAbsent(
                "expired " + subjectAlternativeName,
                key -> make(folder -> {
                    keytool(
                            folder,
                            "-genkeypair -alias issuer -keyalg EC -dname CN=levee-issuer -validity 3650 -ext bc:c");
                    keytool(folder, "-genkeypair -alias server -keyalg EC -dname CN=levee-test -validity 3650");
                    keytool(folder, "-certreq -alias server -file request");
                    keytool(
                            folder,
                            "-gencert -alias issuer -infile request -outfile certificate -startdate -3d -validity 1 -ext SAN="
                                    + subjectAlternativeName);
                    keytool(folder, "-importcert -alias server -file certificate -noprompt");
                    KeyStore store = load(folder);
                    KeyStore trusted = KeyStore.getInstance("PKCS12");
                    trusted.load(null, null);
                    trusted.setCertificateEntry("issuer", store.getCertificate("issuer"));
                    store.deleteEntry("issuer");
                    return new Certificates(store, trusted);
                }));
    }

    public KeyManagerFactory keys() {
        return keys;
    }

    /** Trusts this certificate, as far as it is valid. */
    public TrustManagerFactory trust() {
        return trust;
    }

    /** For both ends: shows the certificate, and trusts it. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Maker {
        Certificates make(Path folder) throws IOException, GeneralSecurityException, InterruptedException;
    }

    private static Certificates make(Maker maker) {
        try {
            Path folder = Files.createTempDirectory("levee-tls");
            Certificates made = maker.make(folder);
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
            return made;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path folder, String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", "keys.p12", "-storepass", PASSWORD));
        Path log = folder.resolve("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + Files.readString(log));
        }
    }

    private static KeyStore load(Path folder) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
