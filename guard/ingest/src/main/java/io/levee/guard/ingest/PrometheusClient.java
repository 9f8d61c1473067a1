package io.levee.guard.ingest;

import io.levee.yaml.read.Shown;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Asks a server instant queries. Thread-safe. */
final class PrometheusClient {
    private static final JsonFactory JSON = new JsonFactory();

    private final URI server;
    private final Map<String, String> headers;
    private final Map<String, String> parameters;
    private final Duration timeout;
    private final long mostBytes;
    private final HttpClient http;

    PrometheusClient(
            URI server, Map<String, String> headers, Map<String, String> parameters, Duration timeout, long mostBytes) {
        this.server = server;
        this.headers = Map.copyOf(headers);
        this.parameters = Map.copyOf(parameters);
        this.timeout = timeout;
        this.mostBytes = mostBytes;
        this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
    }

    /** The samples of one series. */
    record Samples(String labels, List<Sample> values) {}

    /** One sample. */
    record Sample(long timeMs, double value) {}

    /**
     * Asks.
     *
     * @throws PrometheusException if there is no answer, or not a whole one
     */
    List<Samples> query(String promql, Instant at) {
        Map<String, String> form = new LinkedHashMap<>(parameters);
        form.put("query", promql);
        form.put("time", String.format("%d.%03d", at.getEpochSecond(), at.getNano() / 1_000_000));
        StringBuilder body = new StringBuilder();
        form.forEach((name, value) -> body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        String path =
                server.getPath() == null || server.getPath().endsWith("/") ? server.getPath() : server.getPath() + "/";
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        server.resolve((path == null ? "/" : path) + "api/v1/query"))
                .timeout(timeout)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        headers.forEach(request::header);
        try {
            HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = new Limited(answer.body(), mostBytes)) {
                return new Reading(promql, answer.statusCode()).read(in);
            }
        } catch (IOException e) {
            throw failed(promql, String.valueOf(e.getMessage() == null ? e : e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(promql, "the thread was interrupted", e);
        }
    }

    private PrometheusException failed(String promql, String why, @Nullable Throwable cause) {
        return new PrometheusException(server + " did not answer '" + promql + "': " + why, cause);
    }

    /** One answer on its way in. */
    private final class Reading {
        private final String promql;
        private final int status;
        private final List<Samples> result = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private @Nullable String said;
        private @Nullable String error;

        Reading(String promql, int status) {
            this.promql = promql;
            this.status = status;
        }

        List<Samples> read(InputStream in) {
            try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw failed(promql, "status " + status + ", and no JSON object", null);
                }
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    switch (name) {
                        case "status" -> said = json.getValueAsString();
                        case "error" -> error = json.getValueAsString();
                        case "warnings" -> strings(json);
                        case "data" -> data(json);
                        default -> json.skipChildren();
                    }
                }
            } catch (JacksonException e) {
                Throwable cause = e.getCause();
                throw failed(
                        promql,
                        cause instanceof IOException
                                ? String.valueOf(cause.getMessage())
                                : "status " + status + ", and no JSON: " + Shown.parsersWords(e.getOriginalMessage()),
                        e);
            }
            if (status != 200 || !"success".equals(said)) {
                throw failed(promql, "status " + status + (error == null ? "" : ", " + Shown.plain(error)), null);
            }
            if (!warnings.isEmpty()) {
                // Thanos and Mimir warn where a store is away: what is missing would be taken for no events.
                throw failed(promql, "it may not be all: " + Shown.plain(String.join("; ", warnings)), null);
            }
            return result;
        }

        private void strings(JsonParser json) {
            while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null) {
                warnings.add(json.getValueAsString());
            }
        }

        private void data(JsonParser json) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isResult = json.currentName().equals("result");
                if (json.nextToken() != JsonToken.START_ARRAY || !isResult) {
                    json.skipChildren();
                    continue;
                }
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    result.add(series(json));
                }
            }
        }

        private Samples series(JsonParser json) {
            Map<String, String> labels = new TreeMap<>();
            List<Sample> values = new ArrayList<>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                if (name.equals("metric") && token == JsonToken.START_OBJECT) {
                    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                        String label = json.currentName();
                        json.nextToken();
                        labels.put(label, json.getValueAsString());
                    }
                } else if (name.equals("values") && token == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_ARRAY) {
                        values.add(sample(json));
                    }
                } else if (name.equals("value") && token == JsonToken.START_ARRAY) {
                    values.add(sample(json));
                } else {
                    json.skipChildren();
                }
            }
            return new Samples(labels.toString(), values);
        }

        private Sample sample(JsonParser json) {
            json.nextToken();
            double seconds = json.getValueAsDouble();
            json.nextToken();
            String value = json.getValueAsString();
            if (json.nextToken() != JsonToken.END_ARRAY || value == null) {
                throw failed(promql, "a sample is not a time and a value", null);
            }
            try {
                return new Sample(Math.round(seconds * 1000), Double.parseDouble(value.replace("Inf", "Infinity")));
            } catch (NumberFormatException e) {
                throw failed(promql, "a sample has the value " + Shown.quoted(value), e);
            }
        }
    }

    /** Ends an answer that is larger than what there is room for. */
    private static final class Limited extends FilterInputStream {
        private final long most;
        private long left;

        Limited(InputStream in, long most) {
            super(in);
            this.most = most;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            took(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] into, int at, int length) throws IOException {
            int read = super.read(into, at, length);
            took(Math.max(0, read));
            return read;
        }

        private void took(int bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                throw new IOException("the answer is larger than " + most
                        + " bytes; ask for shorter stretches of time, or for fewer series");
            }
        }
    }
}
