package io.levee.guard.ingest;

import java.nio.file.Path;

/**
 * The certificate of the gRPC port. Immutable.
 *
 * @param chain the certificate and those that sign it, PEM
 * @param key its private key, PEM (PKCS 8)
 */
public record GrpcTls(Path chain, Path key) {}
