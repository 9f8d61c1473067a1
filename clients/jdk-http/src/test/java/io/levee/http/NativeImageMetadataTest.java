package io.levee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@link Newer} looks up by name has to be told to whoever builds a native image. */
class NativeImageMetadataTest {
    private static final String FILE = "/META-INF/native-image/io.levee/levee-jdk-http/reachability-metadata.json";

    @Test
    void theShippedMetadataNamesEachMethodThatIsLookedUp() throws Exception {
        Set<String> lookedUp = Pattern.compile("find\\(\\s*(\\w+)\\.class,\\s*\"(\\w+)\"")
                .matcher(Files.readString(Path.of("src/main/java/io/levee/http/Newer.java")))
                .results()
                .map(found -> "java.net.http." + found.group(1) + "." + found.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(lookedUp).isNotEmpty().isEqualTo(named());
    }

    /** On a JDK that has them; a name that is spelled wrong would be on none. */
    @Test
    void theNamesAreThoseOfTheNewestJdk() throws Exception {
        for (Class<?> type : List.of(HttpClient.class, HttpResponse.class)) {
            Set<String> present = Arrays.stream(type.getMethods())
                    .map(method -> type.getName() + "." + method.getName())
                    .collect(Collectors.toSet());
            if (Runtime.version().feature() >= 25) {
                assertThat(named().stream().filter(name -> name.startsWith(type.getName() + ".")))
                        .allMatch(present::contains);
            }
        }
    }

    private static Set<String> named() throws Exception {
        String json;
        try (InputStream in = Objects.requireNonNull(NativeImageMetadataTest.class.getResourceAsStream(FILE))) {
            json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Set<String> names = new TreeSet<>();
        String type = "";
        for (var token : Pattern.compile("\"(type|name)\":\\s*\"([^\"]+)\"")
                .matcher(json)
                .results()
                .toList()) {
            if (token.group(1).equals("type")) {
                type = token.group(2);
            } else {
                names.add(type + "." + token.group(2));
            }
        }
        return names;
    }
}
