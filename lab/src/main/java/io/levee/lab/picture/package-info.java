/**
 * Pictures of storms: {@link io.levee.lab.picture.StormPicture} draws one as a page that needs nothing else, or as a PNG.
 */
@org.jspecify.annotations.NullMarked
package io.levee.lab.picture;
