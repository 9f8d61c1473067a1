/** The monthly review: trends, tickets, and votes on targets. */
package io.levee.guard.review;
