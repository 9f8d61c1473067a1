package io.levee.guard.web;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key in two files, for every server of the guard. When the files change, connections that come from then on
 * get the new certificate; those that are open keep the old one. Files that cannot be used, or do not go together, as in the moment
 * between the writing of one and of the other, leave the old certificate in force. Thread-safe.
 */
public final class TlsFiles {
    private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());

    private final Path certificates;
    private final Path key;
    private final Keys keys;
    private List<String> stamps;

    private TlsFiles(Path certificates, Path key) {
        this.certificates = certificates;
        this.key = key;
        stamps = stamps();
        keys = new Keys(manager(Tls.pem(certificates, key, 0)));
    }

    /**
     * Reads both.
     *
     * @param certificates the server's first, then those that signed it, in PEM
     * @param key in PKCS 8 and PEM
     * @return what is in them now
     * @throws IllegalArgumentException if they cannot be read, or do not go together
     */
    public static TlsFiles pem(Path certificates, Path key) {
        return new TlsFiles(certificates, key);
    }

    /**
     * What a TLS server asks for its certificate.
     *
     * @return follows the files
     */
    public KeyManager keyManager() {
        return keys;
    }

    /** For servers of the JDK's TLS. */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Looks whether the files have changed; call it now and then. What is wrong with them is logged, once a change. */
    public synchronized void refresh() {
        List<String> now = stamps();
        if (now.equals(stamps)) {
            return;
        }
        stamps = now;
        try {
            keys.change(manager(Tls.pem(certificates, key, keys.generation() + 1)));
            LOG.log(System.Logger.Level.INFO, "the certificate in " + certificates + " is in force now");
        } catch (IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the certificate was changed and cannot be used, so the one before stays in force: "
                            + e.getMessage());
        }
    }

    private List<String> stamps() {
        return List.of(stamp(certificates), stamp(key));
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
            return about.lastModifiedTime() + " " + about.size() + " " + about.fileKey();
        } catch (IOException e) {
            return "cannot be read";
        }
    }

    private static X509ExtendedKeyManager manager(Tls tls) {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(tls.store(), tls.password());
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager usable) {
                    return usable;
                }
            }
            throw new IllegalStateException("the JDK has no manager of X.509 keys");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }

    /** Asks the manager of what is in force; and of what was before, for handshakes that chose their certificate already. */
    private static final class Keys extends X509ExtendedKeyManager {
        private volatile State state;

        private record State(int generation, X509ExtendedKeyManager now, X509ExtendedKeyManager before) {}

        Keys(X509ExtendedKeyManager first) {
            state = new State(0, first, first);
        }

        int generation() {
            return state.generation;
        }

        void change(X509ExtendedKeyManager next) {
            State last = state;
            state = new State(last.generation + 1, next, last.now);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return state.now.getServerAliases(keyType, issuers);
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return state.now.chooseServerAlias(keyType, issuers, socket);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return state.now.chooseEngineServerAlias(keyType, issuers, engine);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            State both = state;
            X509Certificate[] chain = both.now.getCertificateChain(alias);
            return chain == null ? both.before.getCertificateChain(alias) : chain;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            State both = state;
            PrivateKey key = both.now.getPrivateKey(alias);
            return key == null ? both.before.getPrivateKey(alias) : key;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
