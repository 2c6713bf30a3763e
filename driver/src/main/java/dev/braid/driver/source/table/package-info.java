/**
 * Rows of any format as labelled examples to learn from, or as items that a model is applied to.
 */
package dev.braid.driver.source.table;
