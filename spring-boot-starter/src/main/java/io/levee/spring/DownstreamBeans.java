package io.levee.spring;

import io.levee.Levee;
import io.levee.config.LeveeConfig;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;

/** Makes each downstream of the policy file a bean, to be injected with {@code @Qualifier}. */
final class DownstreamBeans implements ImportBeanDefinitionRegistrar {
    private final Environment environment;
    private final ResourceLoader resources;

    DownstreamBeans(Environment environment, ResourceLoader resources) {
        this.environment = environment;
        this.resources = resources;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        LeveeConfig policy = Policy.read(environment, resources);
        if (policy != null) {
            policy.names().forEach(name -> registry.registerBeanDefinition("levee-" + name, definition(name)));
        }
    }

    /** A factory method and no lambda, so that Spring's ahead-of-time processing can write it down. */
    private static RootBeanDefinition definition(String downstream) {
        RootBeanDefinition definition = new RootBeanDefinition(Levee.class);
        definition.setFactoryBeanName(LeveeAutoConfiguration.LEVEES);
        definition.setFactoryMethodName("get");
        definition.getConstructorArgumentValues().addGenericArgumentValue(downstream);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, downstream));
        definition.setDestroyMethodName(""); // closed by Levees
        return definition;
    }
}
