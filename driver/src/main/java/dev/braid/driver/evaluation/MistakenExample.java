package dev.braid.driver.evaluation;

import dev.braid.driver.data.Shards;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.ShardTask;
import dev.braid.driver.run.Stop;
import dev.braid.driver.wire.JavaBytes;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A mistake with the example it was made on.
 *
 * @param mistake what was taken for what
 * @param inputs of the example, one array for each input of the network, as they were read
 */
public record MistakenExample(Mistake mistake, List<float[]> inputs) {
  /** Numbers of an example beyond which it would be too large to look at. */
  private static final int MAX_WIDTH = 1 << 20;

  /** Looks up the examples of mistakes: of the shards only those that have one are touched. */
  public static List<MistakenExample> of(
      JavaSparkContext sc, Shards shards, List<Mistake> mistakes) {
    List<Integer> numbers = mistakes.stream().map(Mistake::shard).distinct().sorted().toList();
    if (numbers.isEmpty()) {
      return List.of();
    }
    Map<Integer, List<Mistake>> byShard = new HashMap<>();
    numbers.forEach(
        shard -> byShard.put(shard, mistakes.stream().filter(m -> m.shard() == shard).toList()));
    Map<Integer, int[]> rows = new HashMap<>();
    byShard.forEach((shard, of) -> rows.put(shard, of.stream().mapToInt(Mistake::row).toArray()));
    byte[][][] answers;
    try (RunJobs jobs = new RunJobs(sc, RunContext.DEFAULT_JOB_MINUTES, new Stop())) {
      answers = jobs.run(shards.rdd(), numbers, new RowsTask(rows), "examples of mistakes");
    }
    Map<Mistake, List<float[]>> inputs = new HashMap<>();
    for (int i = 0; i < numbers.size(); i++) {
      List<Mistake> of = byShard.get(numbers.get(i));
      for (int k = 0; k < of.size(); k++) {
        inputs.put(
            of.get(k), List.of(JavaBytes.read(answers[i][k], float[][].class, "an example")));
      }
    }
    return mistakes.stream()
        .map(mistake -> new MistakenExample(mistake, inputs.get(mistake)))
        .toList();
  }

  /** Answers for each of some rows its inputs. */
  private static final class RowsTask extends ShardTask {
    private static final long serialVersionUID = 1;

    private final HashMap<Integer, int[]> rows;

    RowsTask(Map<Integer, int[]> rows) {
      this.rows = new HashMap<>(rows);
    }

    @Override
    protected byte[][] run(int number, Shard shard) {
      return Arrays.stream(rows.get(number))
          .mapToObj(row -> JavaBytes.write(inputs(shard, row), "an example"))
          .toArray(byte[][]::new);
    }

    private static float[][] inputs(Shard shard, int row) {
      float[][] inputs = new float[shard.numInputs()][];
      for (int i = 0; i < inputs.length; i++) {
        Column column = shard.input(i);
        inputs[i] = column.width(row) <= MAX_WIDTH ? column.row(row) : new float[0];
      }
      return inputs;
    }
  }
}
