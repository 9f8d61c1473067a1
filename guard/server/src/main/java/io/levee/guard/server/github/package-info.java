/** How GitHub's deployment protection rules are answered. */
package io.levee.guard.server.github;
