package io.levee.spring;

import io.levee.Levee;
import io.levee.idempotency.Idempotency;
import io.levee.idempotency.JdbcStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** A service as users write it: it asks the inventory, which is guarded. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Shop {
    @Bean
    RestClient inventory(@Qualifier("inventory") Levee levee, @Value("${inventory}") String address) {
        return RestClient.builder()
                .baseUrl(address)
                .requestFactory(LeveeRequestFactory.of(levee))
                .build();
    }

    @Bean
    Idempotency idempotency(@Value("${records}") Path records) {
        return Idempotency.on(JdbcStore.sqlite(records)).build();
    }

    @RestController
    static final class Pages {
        private final RestClient inventory;

        Pages(RestClient inventory) {
            this.inventory = inventory;
        }

        @GetMapping("/stock")
        String stock() {
            String stock = inventory.get().uri("/stock").retrieve().body(String.class);
            return stock == null ? "" : stock;
        }

        @PostMapping("/orders")
        String order(@RequestBody String order) {
            return inventory
                    .post()
                    .uri("/orders")
                    .body(order)
                    .exchange((request, response) -> response.getStatusCode().value()
                            + " "
                            + new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
