package dev.braid.driver.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import scala.collection.Seq;

/** Values of Spark's rows as plain ones. */
public final class SparkValues {
  private SparkValues() {}

  /** Vectors as numbers and sequences as lists; anything else as it is. */
  public static Object plain(Object value) {
    if (value instanceof Vector vector) {
      double[] numbers = vector.toArray();
      float[] plain = new float[numbers.length];
      for (int i = 0; i < plain.length; i++) {
        plain[i] = (float) numbers[i];
      }
      return plain;
    }
    if (value instanceof Seq<?> values) {
      List<Object> list = new ArrayList<>(values.size());
      for (scala.collection.Iterator<?> it = values.iterator(); it.hasNext(); ) {
        list.add(plain(it.next()));
      }
      return list;
    }
    return value;
  }
}
