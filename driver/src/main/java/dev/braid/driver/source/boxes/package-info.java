/** Boxes around the objects in pictures, as files of several formats have them. */
package dev.braid.driver.source.boxes;
