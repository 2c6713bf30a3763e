package dev.braid.driver.training;

import dev.braid.worker.data.Shard;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** One Spark job over some shards only: the others are neither read nor looked at. */
final class ShardJob {
  private ShardJob() {}

  /**
   * Runs {@code task} on the shards of these numbers.
   *
   * @param description what a person reads in the Spark UI
   * @return the results in the order of {@code numbers}, whoever was ready first
   */
  static byte[][][] run(
      JavaSparkContext sc,
      JavaRDD<Shard> shards,
      List<Integer> numbers,
      ShardTask task,
      String description) {
    byte[][][] results = new byte[numbers.size()][][];
    sc.sc().setJobDescription(description);
    try {
      sc.sc()
          .runJob(
              shards.rdd(),
              task,
              partitions(numbers),
              new Store(results),
              ClassTag$.MODULE$.apply(byte[][].class));
    } finally {
      sc.sc().setJobDescription(null);
    }
    return results;
  }

  private static Seq<Object> partitions(List<Integer> numbers) {
    List<Object> boxed = numbers.stream().map(n -> (Object) n).collect(Collectors.toList());
    return JavaConverters.asScalaBuffer(boxed).toSeq();
  }

  private static final class Store extends AbstractFunction2<Object, byte[][], BoxedUnit> {
    private final byte[][][] results;

    Store(byte[][][] results) {
      this.results = results;
    }

    @Override
    public BoxedUnit apply(Object index, byte[][] result) {
      results[(Integer) index] = result;
      return BoxedUnit.UNIT;
    }
  }
}
