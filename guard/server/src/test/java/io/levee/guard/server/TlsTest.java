package io.levee.guard.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.store.StoreSettings;
import io.levee.servers.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guard over TLS, with certificates that change while it runs. */
@Timeout(120)
class TlsTest {
    private static final Certificates FIRST = Certificates.selfSigned("ip:127.0.0.1");
    private static final Certificates SECOND = Certificates.selfSigned("ip:127.0.0.1,dns:second.invalid");

    @TempDir
    private Path folder;

    private Path cert;
    private Path key;

    @BeforeEach
    void files() throws IOException {
        cert = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        Files.createDirectory(folder.resolve("slo"));
        write(FIRST, FIRST);
    }

    private static X509KeyManager manager(Certificates of) {
        return (X509KeyManager) of.keys().getKeyManagers()[0];
    }

    private static X509Certificate certificate(Certificates of) {
        X509KeyManager keys = manager(of);
        return keys.getCertificateChain(keys.getServerAliases("EC", null)[0])[0];
    }

    private void write(Certificates chain, Certificates of) throws IOException {
        X509KeyManager keys = manager(of);
        try {
            Files.writeString(cert, pem("CERTIFICATE", certificate(chain).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Files.writeString(
                key,
                pem(
                        "PRIVATE KEY",
                        keys.getPrivateKey(keys.getServerAliases("EC", null)[0]).getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }

    /** Takes whatever certificate it is shown. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** The certificate that a new connection is shown. */
    private static Certificate shown(int port, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private GuardSettings settings() {
        return new GuardSettings(folder.resolve("slo"), StoreSettings.folder(folder.resolve("data")))
                .port(0)
                .otlpGrpc(0)
                .tls(cert, key);
    }

    @Test
    void aChangedCertificateIsTakenUpAndABrokenOneLeavesTheOldInForce() throws Exception {
        try (Guard guard = Guard.start(settings())) {
            int https = guard.uri().getPort();
            int grpc = guard.grpcPort();
            assertThat(shown(https, "http/1.1")).isEqualTo(certificate(FIRST));
            assertThat(shown(grpc, "h2")).isEqualTo(certificate(FIRST));

            // The moment between the writing of one file and of the other.
            write(SECOND, FIRST);
            guard.tls().refresh();
            assertThat(shown(https, "http/1.1")).isEqualTo(certificate(FIRST));

            write(SECOND, SECOND);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(shown(https, "http/1.1")).isEqualTo(certificate(SECOND)));
            assertThat(shown(grpc, "h2")).isEqualTo(certificate(SECOND));

            Files.writeString(cert, "nonsense");
            Files.delete(key);
            guard.tls().refresh();
            assertThat(shown(https, "http/1.1")).isEqualTo(certificate(SECOND));
            assertThat(shown(grpc, "h2")).isEqualTo(certificate(SECOND));
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedAtTheStart() throws Exception {
        write(FIRST, SECOND);
        assertThatThrownBy(() -> Guard.start(settings()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key.pem is not the key of the certificate");
    }
}
