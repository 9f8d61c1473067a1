package io.levee.jdbc;

import io.levee.servers.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The file of certificates that PostgreSQL's driver is told to trust. */
final class TrustedRoot implements AutoCloseable {
    private final Path file;

    private TrustedRoot(Path file) {
        this.file = file;
    }

    static TrustedRoot of(Certificates trusted) throws IOException, CertificateEncodingException {
        StringBuilder pem = new StringBuilder();
        for (TrustManager manager : trusted.trust().getTrustManagers()) {
            for (var certificate : ((X509TrustManager) manager).getAcceptedIssuers()) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder().encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
        }
        return new TrustedRoot(Files.writeString(Files.createTempFile("levee-root", ".pem"), pem));
    }

    /** The same connections, over TLS and only to the host that the certificate names. */
    DataSource verifying(DataSource source) {
        PGSimpleDataSource postgres = (PGSimpleDataSource) source;
        postgres.setSslMode("verify-full");
        postgres.setSslRootCert(file.toString());
        return postgres;
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
    }
}
