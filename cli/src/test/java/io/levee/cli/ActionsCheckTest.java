package io.levee.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ActionsCheckTest {
    private static final String SLO = "../docs/examples/order-submit.yaml";
    private static final String GOOD = """
            version: 1
            rules:
              lean-stock:
                slo: order-submit
                when: {left: {below: 20%}}
                then: [{signal: {name: stock.lean, fallback: true}}]
            """;

    @TempDir
    private Path folder;

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("actions.yaml"), text).toString();
    }

    @Test
    void whatCanBeUsedIsSaid() throws IOException {
        assertThat(Ran.run("actions", "check", file(GOOD)))
                .isEqualTo(new Ran(0, "can be used: files 1, rules 1\n", ""));
        assertThat(Ran.run("actions", "check", file(GOOD), "--slo", SLO).exit()).isZero();
    }

    @Test
    void eachMistakeHasItsPlace() throws IOException {
        String file = file(GOOD.replace("below: 20%", "below: much").replace("version: 1", "version: 2"));
        Ran.run("actions", "check", file).isAUsersMistake(file + ":1:", "version", file + ":5:", "left.below");
        Ran.run("actions", "check", folder + "/none.yaml").isAUsersMistake("none.yaml");
        Ran json = Ran.run("actions", "check", file, "--json");
        assertThat(json.exit()).isEqualTo(2);
        JsonNode answer = JsonMapper.shared().readTree(json.out());
        assertThat(answer.path("valid").booleanValue()).isFalse();
        assertThat(answer.path("problems").get(0).path("line").asInt()).isEqualTo(1);
    }

    @Test
    void aRuleOnAnSloThatIsNotThereIsAMistakeOnceTheSlosAreGiven() throws IOException {
        String file = file(GOOD.replace("order-submit", "order-sumbit"));
        assertThat(Ran.run("actions", "check", file).exit()).isZero();
        Ran.run("actions", "check", file, "--slo", SLO)
                .isAUsersMistake(file + ":4:", "there is no SLO 'order-sumbit'; did you mean 'order-submit'?");
    }
}
