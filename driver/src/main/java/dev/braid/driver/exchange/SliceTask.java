package dev.braid.driver.exchange;

import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.wire.Chunk;
import dev.braid.worker.data.Shard;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * A worker's part of a round, its state handed out in chunks: by the chunk's number, what the
 * worker says of its part, and the chunk's piece. A chunk is encoded when it is asked for.
 */
final class SliceTask implements PairFlatMapFunction<Iterator<Shard>, Integer, byte[][]> {
  private static final long serialVersionUID = 1;

  private final LocalPassTask pass;
  private final ArrayList<Integer> shards;
  private final ArrayList<Chunk> chunks;

  /**
   * @param shards of the round
   * @param chunks of the state
   */
  SliceTask(LocalPassTask pass, List<Integer> shards, List<Chunk> chunks) {
    this.pass = pass;
    this.shards = new ArrayList<>(shards.stream().sorted().toList());
    this.chunks = new ArrayList<>(chunks);
  }

  @Override
  public Iterator<Tuple2<Integer, byte[][]>> call(Iterator<Shard> partition) {
    // Only the round's partitions are there, in the order of the shards' numbers.
    int number = shards.get(TaskContext.getPartitionId());
    ReplicaPool pool = pass.pool();
    ReplicaPool.Kept kept = pool.take();
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener)
                context -> pool.giveBack(kept, !context.isFailed() && !context.isInterrupted()));
    State target = kept.state();
    WorkerResult result = pass.train(kept, number, partition.next(), target);
    return new Slices(result.toBytes(), pass.answer(target));
  }

  private final class Slices implements Iterator<Tuple2<Integer, byte[][]>> {
    private final byte[] result;
    private final State answer;
    private int next;

    Slices(byte[] result, State answer) {
      this.result = result;
      this.answer = answer;
    }

    @Override
    public boolean hasNext() {
      return next < chunks.size();
    }

    @Override
    public Tuple2<Integer, byte[][]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int number = next++;
      return new Tuple2<>(number, new byte[][] {result, pass.encode(answer, chunks.get(number))});
    }
  }
}
