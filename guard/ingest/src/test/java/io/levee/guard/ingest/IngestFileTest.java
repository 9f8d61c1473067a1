package io.levee.guard.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.levee.guard.slo.gate.Environment;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class IngestFileTest {
    private static IngestSettings read(String yaml) {
        return IngestFile.parse("ingest.yaml", yaml, IngestSettings.defaults());
    }

    @Test
    void everySettingIsRead() {
        IngestSettings settings = read("""
                version: 1
                serverSpans: false
                defaultEnvironment: staging
                environments: {live: production}
                metrics: [http-server, levee-calls]
                metricRules:
                  checkout.duration:
                    service: shop
                    route: step
                    sli: checkout
                    bad: {status: "5..|429", error.type: ".+"}
                    degraded: {source: cache}
                    leftOut: {probe: "true"}
                """);
        assertThat(settings.serverSpans()).isFalse();
        assertThat(settings.defaultEnvironment()).isEqualTo(Environment.STAGING);
        assertThat(settings.environments())
                .containsEntry("live", Environment.PRODUCTION)
                .containsEntry("prod", Environment.PRODUCTION);
        assertThat(settings.metrics())
                .startsWith(MetricRule.HTTP_SERVER, MetricRule.LEVEE_CALLS)
                .hasSize(3);
        MetricRule own = settings.metrics().get(2);
        assertThat(own.metric()).isEqualTo("checkout.duration");
        assertThat(own.service() + own.route() + own.sli()).isEqualTo("shopstepcheckout");
        assertThat(own.bad().get("status").pattern()).isEqualTo("5..|429");
        assertThat(own.bad()).containsOnlyKeys("status", "error.type");
        assertThat(own.degraded().values()).extracting(Pattern::pattern).containsExactly("cache");
        assertThat(own.leftOut().values()).extracting(Pattern::pattern).containsExactly("true");
    }

    @Test
    void whatAFileDoesNotSayStaysAsItWas() {
        IngestSettings base = IngestSettings.defaults().withDefaultEnvironment(Environment.CANARY);
        assertThat(IngestFile.parse("ingest.yaml", "version: 1\n", base)).isEqualTo(base);
    }

    @Test
    void everythingThatIsWrongIsNamedWithItsPlace() {
        assertThatThrownBy(() -> read("""
                serverSpan: false
                defaultEnvironment: moon
                metrics: [http-servers]
                metricRules:
                  a: {bad: {status: "5(("}, rout: x}
                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "ingest.yaml:1:1: version is missing; write version: 1",
                        "serverSpan: unknown setting; did you mean 'serverSpans'?",
                        "ingest.yaml:2:",
                        "there is no rule 'http-servers'; known: http-client, http-server, levee-calls",
                        "ingest.yaml:5:",
                        "metricRules.a.bad.status: is no regular expression: ",
                        "rout: unknown setting; did you mean 'route'?");
    }
}
