package io.levee;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * JSpecify's {@code Nullable} for what is not API: checked like that one, and gone from the class file, where it would be
 * read by nobody. A class with a nullable in its public face imports JSpecify's, which its users' compilers read.
 */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.SOURCE)
@interface Nullable {}
