/**
 * Levee in Spring Boot. {@link io.levee.spring.Levees} has the downstreams of the policy file, each of which is a bean as well;
 * {@link io.levee.spring.LeveeRequestFactory} guards a {@code RestClient}. See docs/spring.md.
 */
package io.levee.spring;
