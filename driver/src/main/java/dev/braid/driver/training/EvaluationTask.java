package dev.braid.driver.training;

import dev.braid.driver.exchange.SentState;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.metric.Metrics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/** Scores one shard: answers the loss, then per output its metrics. */
final class EvaluationTask extends ShardTask {
  private static final long serialVersionUID = 1;

  private final Broadcast<byte[]> spec;
  private final SentState state;
  private final ArrayList<byte[]> blank;

  /**
   * @param blank per output of the network, metrics that have counted nothing yet
   */
  EvaluationTask(Broadcast<byte[]> spec, SentState state, List<byte[]> blank) {
    this.spec = spec;
    this.state = state;
    this.blank = new ArrayList<>(blank);
  }

  /**
   * A shard's share of the loss.
   *
   * @param examples scored
   * @param lossSum over them
   */
  record Sum(long examples, double lossSum) {
    byte[] toBytes() {
      byte[] bytes = new byte[Long.BYTES + Double.BYTES];
      ByteBuffer.wrap(bytes).putLong(examples).putDouble(lossSum);
      return bytes;
    }

    static Sum read(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Sum(buffer.getLong(), buffer.getDouble());
    }
  }

  @Override
  byte[][] run(int number, Shard shard) {
    ReplicaPool pool = ReplicaPool.of(spec.value());
    return pool.lend(kept -> score(kept, pool.spec(), shard));
  }

  private byte[][] score(ReplicaPool.Kept kept, RunSpec spec, Shard shard) {
    state.receive(OwnSlots.without(kept.state()));
    kept.replica().load(kept.state());
    List<Metrics> metrics = blank.stream().map(Metrics::fromBytes).toList();
    MiniBatches miniBatches = MiniBatches.inOrder(shard, spec.batchSize(), spec.normalisers());
    double lossSum = 0;
    for (int i = 0; i < miniBatches.count(); i++) {
      MiniBatch miniBatch = miniBatches.get(i);
      Scores scores = kept.replica().score(miniBatch);
      lossSum += scores.loss() * miniBatch.size();
      for (int output = 0; output < metrics.size(); output++) {
        metrics.get(output).add(scores.outputs()[output], miniBatch.labels()[output]);
      }
    }
    byte[][] answer = new byte[metrics.size() + 1][];
    answer[0] = new Sum(shard.size(), lossSum).toBytes();
    for (int output = 0; output < metrics.size(); output++) {
      answer[output + 1] = metrics.get(output).toBytes();
    }
    return answer;
  }
}
