package io.levee.story;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The gRPC methods of the play. Messages are bytes: who reads them is what the story is about. */
final class Methods {
    /** Idempotent: a reservation carries the order's number. */
    static final MethodDescriptor<byte[], byte[]> RESERVE = method("inventory.v1.Inventory", "Reserve");

    static final MethodDescriptor<byte[], byte[]> FULFIL = method("fulfilment.v1.Fulfilment", "Fulfil");

    private Methods() {}

    private static MethodDescriptor<byte[], byte[]> method(String service, String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .setIdempotent(true)
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
