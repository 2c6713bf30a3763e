package dev.braid.jobs.cluster;

import dev.braid.driver.cluster.MemoryNeed;
import dev.braid.driver.cluster.MemoryNeed.DataSize;
import dev.braid.driver.cluster.MemoryNeed.NetworkSize;
import dev.braid.driver.cluster.MemoryNeed.Sizes;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.settings.JobFile;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.SequenceEncoding;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;

/** Whether a training fits into the memory its cluster grants; known before Spark starts. */
public final class MemoryFit {
  /** Steps that are reckoned with where no setting limits them. */
  private static final int STEPS_OF_ANY_LENGTH = 1024;

  private static final long MIB = 1 << 20;

  private MemoryFit() {}

  /**
   * Refuses a run that cannot fit.
   *
   * @throws IllegalArgumentException with the settings under which it does
   */
  public static void require(TrainingRun run, JobFile job, SparkConf conf) {
    ConfiguredMemory configured = ConfiguredMemory.of(conf);
    MemoryNeed need = MemoryNeed.of(sizes(run, job), configured.executors(), configured.tasks());
    List<String> missing = missing(need, configured);
    if (!missing.isEmpty()) {
      throw new WrongSettings(
          "this run does not fit: its state is %s, an executor needs %s of heap and %s outside of it, the driver %s of heap; run it with %s"
              .formatted(
                  mib(need.stateBytes()),
                  mib(need.executorHeapBytes()),
                  mib(need.executorNativeBytes()),
                  mib(need.driverHeapBytes()),
                  String.join(" ", missing)));
    }
  }

  /** The settings with which it fits, none where it does already. */
  static List<String> missing(MemoryNeed need, ConfiguredMemory configured) {
    List<String> lines = new ArrayList<>();
    long driver = configured.local() ? need.localHeapBytes() : need.driverHeapBytes();
    if (driver > configured.driverHeapBytes()) {
      lines.add("--conf spark.driver.memory=" + megabytes(driver));
    }
    if (!configured.local() && need.executorHeapBytes() > configured.executorHeapBytes()) {
      lines.add("--conf spark.executor.memory=" + megabytes(need.executorHeapBytes()));
    }
    if (need.executorNativeBytes() > configured.executorNativeBytes()) {
      lines.add("--conf spark.executor.memoryOverhead=" + megabytes(need.executorNativeBytes()));
    }
    return lines;
  }

  /** What the job's files say of its size. */
  static Sizes sizes(TrainingRun run, JobFile job) {
    StateLayout layout = run.plan().layout();
    long exampleBytes = 0;
    for (SourceFacts.Input input : run.facts().train().inputs()) {
      long numbers = input.isRagged() ? (long) steps(input) * input.groupSize() : input.width();
      exampleBytes += numbers * (input.kind() == Kind.FLOAT ? Float.BYTES : 1);
    }
    NetworkSize network =
        new NetworkSize(
            layout.numParams(), layout.numStatistics(), memory(run.plan(), job), activations(run));
    return new Sizes(
        network,
        run.engine().computesInHeap(),
        job.data().batchSize(),
        job.training().workers(),
        job.training().averaging().isSliced(network.stateBytes()),
        new DataSize(exampleBytes, run.facts().numTrain().orElse(0)),
        (job.training().averaging().outerStep().hasMemory() ? 2 : 0)
            + (job.training().movingAverage() == null ? 0 : 1));
  }

  private static long memory(Blueprint plan, JobFile job) {
    return job.training()
        .ownRule()
        .map(rule -> plan.layout().numParams() * rule.numSlots())
        .orElseGet(() -> plan.initialMemory().stream().mapToLong(Blocks::size).sum());
  }

  /** Of one example; what DL4J's own networks compute in between is not known here. */
  private static long activations(TrainingRun run) {
    int steps =
        run.facts().train().inputs().stream()
            .filter(SourceFacts.Input::isRagged)
            .mapToInt(MemoryFit::steps)
            .max()
            .orElse(1);
    return run.plan() instanceof NetworkPlan layers
        ? layers.layers().stream().mapToLong(layer -> numbers(layer.shape(), steps)).sum()
        : 0;
  }

  private static long numbers(Shape shape, int steps) {
    return shape.isRagged() ? (long) steps * shape.stepSize() : shape.size();
  }

  /** Steps of the longest sequence, as far as the settings say it. */
  private static int steps(SourceFacts.Input input) {
    SequenceEncoding sequence = input.encoding() == null ? null : input.encoding().sequence();
    Integer maxLength = sequence == null ? null : sequence.lengths().maxLength();
    return maxLength == null ? STEPS_OF_ANY_LENGTH : maxLength;
  }

  private static String megabytes(long bytes) {
    return (bytes + MIB - 1) / MIB + "m";
  }

  static String mib(long bytes) {
    return "%,d MiB".formatted((bytes + MIB - 1) / MIB);
  }
}
