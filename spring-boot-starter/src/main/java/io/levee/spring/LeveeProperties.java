package io.levee.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The application's properties under {@code levee}. What guards a downstream stands in the policy file, not here, so that
 * {@code levee lint}, {@code explain} and {@code storm} read the same file as the application does.
 *
 * @param policy where the policy file is, as a resource location; null for {@code classpath:levee.yaml} if that is there
 * @param server what is done for incoming requests
 */
@ConfigurationProperties("levee")
public record LeveeProperties(
        @Nullable String policy, @DefaultValue Server server) {
    /**
     * What is done for incoming requests.
     *
     * @param enabled whether each runs in a scope with its caller's deadline and attempt number
     * @param urlPatterns of which requests, as servlet mappings; those with an Idempotency bean's keys, too
     */
    public record Server(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("/*") List<String> urlPatterns) {}
}
