/** A finished model over a data set of any size: files to predictions, each row exactly once. */
package dev.braid.driver.inference;
