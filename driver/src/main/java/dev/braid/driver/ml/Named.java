package dev.braid.driver.ml;

import org.apache.spark.ml.util.Identifiable;

/** An object of Spark ML's that keeps its name in a {@link Uid}. */
interface Named extends Identifiable {

  /** Its name; null while Spark's constructors run. */
  Uid named();

  @Override
  default String uid() {
    return named() == null ? Uid.coming() : named().name();
  }
}
