/** Parquet files: their types, and their rows by Spark's reader or Parquet's own. */
package dev.braid.driver.source.parquet;
