/** Errors that browsers saw: the script for pages, and where it reports to. */
package io.levee.guard.browser;
