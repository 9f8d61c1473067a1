package io.levee.spring;

import io.levee.idempotency.Idempotency;
import io.levee.idempotency.IdempotencyFilter;
import io.levee.server.ScopeFilter;
import jakarta.servlet.Servlet;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Incoming requests: each in a scope of its caller's deadline; answered once for each key where there is an {@link Idempotency}. */
@AutoConfiguration(after = LeveeAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(Servlet.class)
final class LeveeServerAutoConfiguration {
    @Bean
    @ConditionalOnProperty(name = "levee.server.enabled", matchIfMissing = true)
    static ServletContextInitializer leveeScopes(LeveeProperties properties) {
        String[] patterns = properties.server().urlPatterns().toArray(String[]::new);
        return context -> new ScopeFilter().addTo(context, patterns);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(IdempotencyFilter.class)
    static final class Keys {
        @Bean
        @ConditionalOnBean(Idempotency.class)
        static ServletContextInitializer leveeIdempotency(Idempotency idempotency, LeveeProperties properties) {
            String[] patterns = properties.server().urlPatterns().toArray(String[]::new);
            return context -> new IdempotencyFilter(idempotency).addTo(context, patterns);
        }
    }
}
