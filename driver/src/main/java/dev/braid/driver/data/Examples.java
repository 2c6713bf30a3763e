package dev.braid.driver.data;

import dev.braid.worker.data.RowLayout;
import org.apache.spark.api.java.JavaRDD;

/**
 * Examples as a source yields them, in whatever order and partitions.
 *
 * @param rows one per example
 * @param layout of the rows
 * @param problems what was wrong with examples that are not among the rows; filled while they are
 *     read
 */
record Examples(JavaRDD<byte[]> rows, RowLayout layout, Problems problems) {}
