package io.levee.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which guard a command asks, and with which token. */
final class GuardOptions {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final String LOCAL = "http://127.0.0.1:8462";

    @Option(
            names = "--guard",
            paramLabel = "URL",
            description = "The guard; default: what LEVEE_GUARD says, else " + LOCAL + ".")
    private @Nullable String guard;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file that holds the token alone; default: what LEVEE_TOKEN says.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Who signed the guard's certificate, in PEM; default: those whom Java trusts.")
    private @Nullable Path ca;

    boolean isGiven() {
        return guard != null;
    }

    GuardClient client() {
        HttpClient.Builder http = HttpClient.newBuilder().connectTimeout(CONNECT);
        Path authority = ca;
        if (authority != null) {
            http.sslContext(trusting(authority));
        }
        String stated = guard != null ? guard : System.getenv("LEVEE_GUARD");
        return new GuardClient(http.build(), uri(stated == null || stated.isBlank() ? LOCAL : stated), token());
    }

    private static URI uri(String text) {
        URI uri = Given.option("--guard", text, URI::create);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new UserError("--guard: '" + text + "' is no URL; write such as https://guard.example:8462");
        }
        return uri;
    }

    private String token() {
        Path file = tokenFile;
        String token;
        if (file == null) {
            token = System.getenv("LEVEE_TOKEN");
        } else {
            try {
                token = Files.readString(file).strip();
            } catch (IOException e) {
                throw Inputs.unreadable(file.toString(), e);
            }
        }
        if (token == null || token.isBlank()) {
            throw new UserError("there is no token; set LEVEE_TOKEN, or give --token-file"
                    + " (an admin makes one: levee token create NAME --role ROLE)");
        }
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new UserError("the token has blanks or line breaks within; give the token alone");
        }
        return token;
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Inputs.open(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new UserError("--ca: " + file + " has no certificate that can be read: " + e.getMessage());
        } catch (IOException e) {
            throw Inputs.unreadable(file.toString(), e);
        }
    }
}
