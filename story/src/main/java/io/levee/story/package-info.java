/** The incident of 02:18 played with real processes: without Levee and the guard, and with them. See docs/story.md. */
package io.levee.story;
