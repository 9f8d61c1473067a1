package io.levee.http;

import io.levee.Levee;
import io.levee.http.contract.ClientSpec;
import io.levee.http.contract.TestClient;
import io.levee.http.contract.TestClients;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The JDK's client for the contract. */
final class JdkClients implements TestClients {
    @Override
    public TestClient alone(ClientSpec spec) {
        return new Client(client(spec), spec.requestTimeout());
    }

    @Override
    public TestClient guarded(ClientSpec spec, Levee levee, Extras extras) {
        return new Client(
                LeveeHttpClient.builder(client(spec), levee)
                        .idempotencyKeys(extras.keys())
                        .maxReplayBytesPerCall(extras.maxReplayBytesPerCall())
                        .build(),
                spec.requestTimeout());
    }

    private static HttpClient client(ClientSpec spec) {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(spec.http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
        if (spec.trust() != null) {
            client.sslContext(spec.trust());
        }
        if (spec.connectTimeout() != null) {
            client.connectTimeout(spec.connectTimeout());
        }
        return client.build();
    }

    private record Client(HttpClient client, Duration timeout) implements TestClient {
        @Override
        public Running start(Request given) {
            HttpRequest.Builder request = HttpRequest.newBuilder(given.uri())
                    .method(given.method(), body(given))
                    .expectContinue(given.expectContinue());
            given.headers().forEach(request::header);
            if (timeout != null) {
                request.timeout(timeout);
            }
            CompletableFuture<HttpResponse<String>> sent = client.sendAsync(request.build(), BodyHandlers.ofString());
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            sent.whenComplete((response, failure) -> {
                if (failure != null) {
                    reply.completeExceptionally(failure);
                } else {
                    reply.complete(new Reply(
                            response.statusCode(),
                            response.body(),
                            response.headers().firstValue("Retry-After").orElse(null)));
                }
            });
            return new Running() {
                @Override
                public CompletableFuture<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {
                    sent.cancel(true);
                }
            };
        }

        private static BodyPublisher body(Request given) {
            if (given.body() == null) {
                return BodyPublishers.noBody();
            }
            if (given.kind() == BodyKind.REPEATABLE) {
                return BodyPublishers.ofByteArray(given.body());
            }
            ByteArrayInputStream once = new ByteArrayInputStream(given.body());
            BodyPublisher publisher = BodyPublishers.ofInputStream(() -> once);
            return given.kind() == BodyKind.ONCE
                    ? BodyPublishers.fromPublisher(publisher, given.body().length)
                    : BodyPublishers.fromPublisher(publisher);
        }

        @Override
        public void close() {}
    }
}
