package dev.braid.driver.run;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Shard;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** Work on one shard of the cached data; its result crosses the wire as byte arrays. */
public abstract class ShardTask extends AbstractFunction2<TaskContext, Iterator<Shard>, byte[][]>
    implements Serializable {
  private static final long serialVersionUID = 1;

  @Override
  public final byte[][] apply(TaskContext context, Iterator<Shard> partition) {
    Shard shard = partition.next();
    // At its end the cached block is given free; otherwise Spark looks for it later, and complains.
    require(!partition.hasNext(), "partition %d has more than one shard", context.partitionId());
    return run(context.partitionId(), shard);
  }

  /**
   * A pure function of its arguments and of what was broadcast: it may be retried or run twice.
   *
   * @param number of the shard, from 0
   */
  protected abstract byte[][] run(int number, Shard shard);
}
