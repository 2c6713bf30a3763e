package dev.braid.driver.evaluation;

import dev.braid.driver.run.ReplicaTask;
import dev.braid.driver.wire.JavaBytes;
import dev.braid.driver.wire.SentState;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Tasks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores one shard: answers the loss, then per output its metrics, then per output mistakes; where
 * labels weigh in scores, per output metrics that heed it.
 */
final class EvaluationTask extends ReplicaTask {
  private static final long serialVersionUID = 1;

  private final ArrayList<byte[]> blank;

  /**
   * @param blank per output of the network, metrics that have counted nothing yet
   */
  EvaluationTask(Broadcast<byte[]> spec, SentState state, List<byte[]> blank) {
    super(spec, state);
    this.blank = new ArrayList<>(blank);
  }

  /**
   * A shard's share of the loss.
   *
   * @param examples scored
   * @param outputs sums of the losses that {@link Scores} has: per output, or of all
   */
  record Sum(long examples, ArrayList<OfOutput> outputs) implements Serializable {

    /** Labels present, and the sum of the loss over them. */
    record OfOutput(long labels, double lossSum) implements Serializable {
      OfOutput plus(long more, double meanLoss) {
        return new OfOutput(labels + more, lossSum + meanLoss * more);
      }
    }
  }

  @Override
  protected byte[][] run(Replica replica, RunSpec spec, int number, Shard shard) {
    List<Metrics> metrics = blank.stream().map(Tasks::metrics).toList();
    List<Metrics> weighted =
        spec.labelWeights().examples().inScores()
            ? blank.stream().map(Tasks::metrics).toList()
            : List.of();
    MiniBatches miniBatches = MiniBatches.byLength(shard, spec.batchSize(), spec.normalisers());
    ArrayList<Sum.OfOutput> sums = new ArrayList<>();
    List<Mistakes> mistakes = metrics.stream().map(any -> new Mistakes("")).toList();
    for (int i = 0; i < miniBatches.count(); i++) {
      MiniBatch miniBatch = spec.labelWeights().scored(miniBatches.get(i), metrics.size());
      Scores scores = replica.score(miniBatch);
      for (int k = 0; k < scores.losses().length; k++) {
        if (i == 0) {
          sums.add(new Sum.OfOutput(0, 0));
        }
        sums.set(k, sums.get(k).plus(counts(miniBatch, scores, k), scores.losses()[k]));
      }
      for (int output = 0; output < metrics.size(); output++) {
        float[] labels = miniBatch.labels()[output];
        float[] answers = scores.outputs()[output];
        metrics.get(output).add(miniBatch.size(), answers, labels);
        if (!weighted.isEmpty()) {
          long[] weights = LabelWeights.units(miniBatch.weights());
          weighted.get(output).addWeighted(miniBatch.size(), answers, labels, weights);
        }
        Mistakes.Rows rows = new Mistakes.Rows(number, miniBatches.rows(i));
        mistakes.get(output).add(metrics.get(output), answers, labels, rows);
      }
    }
    byte[][] answer = new byte[2 * metrics.size() + weighted.size() + 1][];
    answer[0] = JavaBytes.write(new Sum(shard.size(), sums), "sums of losses");
    for (int output = 0; output < metrics.size(); output++) {
      answer[output + 1] = metrics.get(output).toBytes();
      answer[metrics.size() + output + 1] = mistakes.get(output).toBytes();
    }
    for (int output = 0; output < weighted.size(); output++) {
      answer[2 * metrics.size() + output + 1] = weighted.get(output).toBytes();
    }
    return answer;
  }

  /** By how much a loss counts among those of other mini-batches. */
  private static long counts(MiniBatch miniBatch, Scores scores, int output) {
    return miniBatch.weights() == null ? scores.counts()[output] : miniBatch.weight();
  }
}
