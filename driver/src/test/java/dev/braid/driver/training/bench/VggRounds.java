package dev.braid.driver.training.bench;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.Route;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.training.Clusters;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.PlanOf;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.torch.TorchReplicaSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * VGG-16 with SGD (a state of 553 MB) and four workers, through rounds with a driver whose heap is
 * set by hand, to find out how small it may be; run as {@link RoundsBenchmark} is. Arguments:
 * {@code SLICED} or {@code DIRECT}, the number of rounds, the number of executors and the memory of
 * each, such as {@code 2 4g}.
 */
public final class VggRounds {
  private static final int WORKERS = 4;

  private VggRounds() {}

  /** Prints a line per round. */
  public static void main(String[] arguments) {
    Route route = Route.valueOf(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    String executors = arguments[2];
    NetworkPlan network = Synthetic.vgg16();
    System.out.printf(
        Locale.ROOT,
        "%,d parameters, %d workers, driver's heap at most %d MB%n",
        network.layout().numParams(),
        WORKERS,
        Runtime.getRuntime().maxMemory() >> 20);
    Map<String, String> settings =
        Map.of(
            "spark.executor.memory", arguments[3],
            "spark.driver.maxResultSize", "0",
            "spark.memory.fraction", "0.3", // broadcasts go to disk: the heap is for the state
            "spark.broadcast.compress", "false",
            "spark.executorEnv.OMP_NUM_THREADS", "1");
    LocalSpark.on(
        "local-cluster[" + executors + ",1,8192]",
        settings,
        session -> {
          train(JavaSparkContext.fromSparkContext(session.sparkContext()), network, route, rounds);
          return null;
        });
    LocalSpark.session().stop();
  }

  private static void train(JavaSparkContext sc, NetworkPlan network, Route route, int rounds) {
    TrainingPlan plan =
        new PlanOf(WORKERS, new LocalSteps.Fixed(1), 1, new Sgd(0.001))
            .averaging(new Averaging(null, null, route, null, null))
            .plan();
    RunSpec spec =
        new RunSpec(new TorchReplicaSource(network, plan.rule()), List.of(Normaliser.NONE), 1, 1);
    try (Shards shards = Synthetic.shards(sc, WORKERS, rounds, network)) {
      Trained trained =
          Training.run(
              Clusters.context(sc, plan),
              new LearningTask(
                  shards, Optional.empty(), network.layout(), network.initialState(1), spec),
              plan,
              new Rounds());
      System.out.printf(
          Locale.ROOT, "%d rounds, %.0f s%n", trained.work().rounds(), trained.seconds());
    }
  }

  private static final class Rounds implements TrainingListener {
    @Override
    public void round(RoundReport report) {
      System.out.printf(
          Locale.ROOT,
          "round %d: loss %.3f, %.1f s, of these %.1f computing, %.1f exchanging%n",
          report.at().round() + 1,
          report.pass().loss(),
          report.times().seconds(),
          report.times().computeSeconds(),
          report.times().exchangeSeconds());
    }
  }
}
