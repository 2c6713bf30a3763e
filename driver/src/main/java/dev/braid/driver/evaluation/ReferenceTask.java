package dev.braid.driver.evaluation;

import dev.braid.driver.data.Shards;
import dev.braid.driver.run.ReplicaPool;
import dev.braid.driver.run.ReplicaTask;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.Stop;
import dev.braid.driver.wire.SentState;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.Reference;
import dev.braid.worker.state.State;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Adds up inputs and predictions of the first examples of a shard; examples lie in shards in random
 * order.
 */
public final class ReferenceTask extends ReplicaTask {
  private static final long serialVersionUID = 1;
  private static final int MAX_SHARDS = 4;
  private static final int MAX_EXAMPLES = 500;

  /** Long texts are answered one by one; so many of their steps say as much. */
  private static final long MAX_STEPS = 20_000;

  private final ModelFacts facts;

  private ReferenceTask(Broadcast<byte[]> spec, SentState state, ModelFacts facts) {
    super(spec, state);
    this.facts = facts;
  }

  /** Of a trained model on a few of the examples; empty where a sum is not finite. */
  public static Optional<Reference> reference(
      JavaSparkContext sc, Shards train, State state, RunSpec spec, ModelFacts facts) {
    Broadcast<byte[]> sent = ReplicaPool.begin(sc, spec);
    try (RunJobs jobs = new RunJobs(sc, RunContext.DEFAULT_JOB_MINUTES, new Stop());
        SentState weights = SentState.send(sc, state.withoutSlots(), WireFormat.FLOAT32)) {
      ReferenceTask task = new ReferenceTask(sent, weights, facts);
      List<Integer> first =
          IntStream.range(0, Math.min(train.count(), MAX_SHARDS)).boxed().toList();
      double[] sums = new double[0];
      for (byte[][] answer : jobs.run(train.rdd(), first, task, "reference")) {
        sums = sum(sums, answer[0]);
      }
      return split(sums, facts);
    } finally {
      ReplicaPool.end(sent);
    }
  }

  private static double[] sum(double[] sums, byte[] more) {
    double[] total = Arrays.copyOf(sums, more.length / Double.BYTES);
    ByteBuffer buffer = ByteBuffer.wrap(more);
    Arrays.setAll(total, i -> total[i] + buffer.getDouble());
    return total;
  }

  /** Number of examples, then sums and squares of the inputs and of the predictions. */
  private static Optional<Reference> split(double[] sums, ModelFacts facts) {
    long examples = (long) sums[0];
    if (examples == 0 || !Arrays.stream(sums).allMatch(Double::isFinite)) {
      return Optional.empty();
    }
    int inputs = facts.numInputMeans();
    int predictions = facts.numPredictions();
    int from = 1 + 2 * inputs;
    return Optional.of(
        new Reference(
            examples,
            Reference.moments(
                examples,
                Arrays.copyOfRange(sums, 1, 1 + inputs),
                Arrays.copyOfRange(sums, 1 + inputs, from)),
            Reference.moments(
                examples,
                Arrays.copyOfRange(sums, from, from + predictions),
                Arrays.copyOfRange(sums, from + predictions, sums.length))));
  }

  @Override
  protected byte[][] run(Replica replica, RunSpec run, int number, Shard shard) {
    boolean padded = facts.outputs().stream().anyMatch(output -> output.shape().isRagged());
    int batchSize = padded ? 1 : run.batchSize(); // answers at each step are those of true steps
    MiniBatches normalised = MiniBatches.inOrder(shard, batchSize, run.normalisers());
    int numInputs = facts.numInputMeans();
    int numPredictions = facts.numPredictions();
    double[] sums = new double[1 + 2 * (numInputs + numPredictions)];
    long steps = 0;
    for (int i = 0; i < normalised.count() && sums[0] < MAX_EXAMPLES && steps < MAX_STEPS; i++) {
      int[] rows = normalised.rows(i);
      float[][] answers = replica.output(normalised.get(i));
      int size = rows.length;
      for (int k = 0; k < size; k++) {
        steps += padded ? shard.numSteps(rows[k]) : 1;
        double[] inputs = new double[numInputs];
        facts.addInputs(inputs, inputs(shard, rows[k]));
        addWithSquares(inputs, sums, 1);
        double[][] predictions = facts.newSums();
        facts.addPredictions(predictions, parts(answers, k, size));
        addWithSquares(
            Arrays.stream(predictions).flatMapToDouble(Arrays::stream).toArray(),
            sums,
            1 + 2 * numInputs);
      }
      sums[0] += size;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * sums.length);
    bytes.asDoubleBuffer().put(sums);
    return new byte[][] {bytes.array()};
  }

  /** Adds numbers to the sums from {@code at} on, and their squares behind these. */
  private static void addWithSquares(double[] numbers, double[] sums, int at) {
    for (int i = 0; i < numbers.length; i++) {
      sums[at + i] += numbers[i];
      sums[at + numbers.length + i] += numbers[i] * numbers[i];
    }
  }

  /** The raw inputs of an example. */
  private static float[][] inputs(Shard shard, int example) {
    float[][] inputs = new float[shard.numInputs()][];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = shard.input(i).row(example);
    }
    return inputs;
  }

  /** What example {@code k} of a batch has of each of several outputs. */
  private static float[][] parts(float[][] values, int k, int size) {
    float[][] parts = new float[values.length][];
    for (int i = 0; i < parts.length; i++) {
      int width = values[i].length / size;
      parts[i] = Arrays.copyOfRange(values[i], k * width, (k + 1) * width);
    }
    return parts;
  }
}
