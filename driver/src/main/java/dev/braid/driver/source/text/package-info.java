/** Texts as indices of known words. */
package dev.braid.driver.source.text;
