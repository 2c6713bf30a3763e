/**
 * Words with their vectors as a partitioned table, and the files it is read from and written to.
 */
package dev.braid.driver.embedding.vectors;
