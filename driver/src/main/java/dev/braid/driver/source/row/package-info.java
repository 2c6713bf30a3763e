/**
 * Rows of values, each with its place: files below a path, their parts and lines, what is broken.
 */
package dev.braid.driver.source.row;
