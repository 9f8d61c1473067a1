package io.levee.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/** The Levees of the policy file, as {@link Levees} and each as a bean of its own. */
@AutoConfiguration
@EnableConfigurationProperties(LeveeProperties.class)
@Import(DownstreamBeans.class)
final class LeveeAutoConfiguration {
    static final String LEVEES = "levees";

    @Bean(name = LEVEES)
    @ConditionalOnMissingBean
    static Levees levees(
            Environment environment, ResourceLoader resources, ObjectProvider<LeveeCustomizer> customizers) {
        return new Levees(
                Policy.read(environment, resources), customizers.orderedStream().toList());
    }
}
