package dev.braid.driver.training.bench;

import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.data.Shards;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stop;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.PlanOf;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchReplicaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What checkpoints cost: a LeNet of 431,080 parameters with Adam, two workers on {@code local[2]},
 * ten steps a round, a checkpoint after every tenth round. Says which share of the run's time went
 * into writing them. To be run as {@link RoundsBenchmark} is.
 */
public final class CheckpointBenchmark {
  private static final int BATCH_SIZE = 64;
  private static final int LOCAL_STEPS = 10;
  private static final int ROUNDS = 60;
  private static final int EVERY = 10;

  private CheckpointBenchmark() {}

  /** Prints one line. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("checkpoint benchmark")
            .config("spark.ui.enabled", false)
            .config("spark.broadcast.compress", false) // as conf/spark-defaults.conf has it
            .config("spark.task.maxDirectResultSize", "64m")
            .getOrCreate()) {
      measure(session);
    }
  }

  private static void measure(SparkSession session) throws IOException {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
    NetworkPlan network = Synthetic.lenet();
    Adam adam = new Adam(0.001, null, null, null);
    TrainingPlan plan = new PlanOf(2, LOCAL_STEPS, 1, adam).plan();
    RunSpec spec =
        new RunSpec(
            new TorchReplicaSource(network, plan.rule()), List.of(Normaliser.NONE), BATCH_SIZE, 1);
    State initial = State.zeros(network.layout(), plan.rule().numSlots());
    initial.params().copyFrom(network.initialParams(1));
    Checkpointing checkpointing =
        new Checkpointing(
            new Checkpoints(
                Files.createTempDirectory("braid-checkpoints").toString(), new Configuration(), 2),
            CheckpointPlan.everyRounds(EVERY, 2),
            Map.of(),
            List.of(),
            false);
    Times times = new Times();
    int examples = ROUNDS * LOCAL_STEPS * BATCH_SIZE;
    try (Shards shards = Synthetic.shards(sc, 2, examples, network)) {
      Training.run(
          new RunContext(session, 60, new Stop(), Optional.of(checkpointing)),
          new LearningTask(shards, Optional.empty(), network.layout(), initial, spec),
          plan,
          times);
    }
    double written = times.checkpoints.stream().mapToDouble(Double::doubleValue).sum();
    double rounds = times.rounds.stream().mapToDouble(Double::doubleValue).sum();
    System.out.printf(
        "%d parameters with Adam: %d checkpoints of %.0f ms, %d rounds of %.0f ms (medians); "
            + "%.2f %% of the time went into checkpoints%n",
        network.layout().numParams(),
        times.checkpoints.size(),
        1000 * median(times.checkpoints),
        times.rounds.size(),
        1000 * median(times.rounds),
        100 * written / (written + rounds));
  }

  private static final class Times implements TrainingListener {
    private final List<Double> rounds = new ArrayList<>();
    private final List<Double> checkpoints = new ArrayList<>();

    @Override
    public void round(RoundReport report) {
      rounds.add(report.times().seconds());
    }

    @Override
    public void checkpointed(int done, String path, double seconds) {
      checkpoints.add(seconds);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
