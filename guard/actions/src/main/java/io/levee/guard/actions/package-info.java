/** What is done when a budget burns: webhooks, commands, signals, and how it is undone. */
package io.levee.guard.actions;
