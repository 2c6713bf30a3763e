package dev.braid.driver.training.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.driver.data.Shards;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.training.Clusters;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.PlanOf;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.jvm.JvmReplicaSource;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Whole rounds on {@code local[2]} with two workers against training on one thread in one process,
 * in turn, and what a round costs beyond computing. On an otherwise idle machine:
 *
 * <pre>
 * mvn -q -pl driver -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * export OMP_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=536870912
 * java @conf/jvm.options -Dlog4j2.configurationFile=conf/log4j2.properties -Xmx3g -cp
 *     driver/target/test-classes:driver/target/classes:worker/target/classes:$(cat
 *     driver/target/classpath) dev.braid.driver.training.bench.RoundsBenchmark [mlp|lenet]
 * </pre>
 */
public final class RoundsBenchmark {
  private static final int BATCH_SIZE = 64;
  private static final int REPETITIONS = 5;
  private static final int EPOCHS = 5;
  private static final int WARM_UP_RUNS = 3;
  private static final int WARM_UP_ROUNDS = 5;
  private static final String MLP =
      "{dense: {units: 256, activation: 'relu'}}, {dense: {units: 128, activation: 'relu'}},"
          + "{output: {loss: 'crossEntropy'}}";
  private static final String LENET =
      "{convolution: {filters: 20, kernel: 5, activation: 'relu'}}, {maxPooling: {kernel:"
          + " 2}},{convolution: {filters: 50, kernel: 5, activation: 'relu'}}, {maxPooling:"
          + " {kernel: 2}},{flatten: {}}, {dense: {units: 500, activation: 'relu'}}, {output:"
          + " {loss: 'crossEntropy'}}";

  private RoundsBenchmark() {}

  /** Prints a line per network and figure. */
  public static void main(String[] arguments) {
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("rounds benchmark")
            .config("spark.ui.enabled", false)
            .config("spark.broadcast.compress", false) // as conf/spark-defaults.conf has it
            .config("spark.task.maxDirectResultSize", "64m")
            .getOrCreate()) {
      JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
      List<String> asked = List.of(arguments);
      if (asked.isEmpty() || asked.contains("mlp")) {
        measure(sc, "MLP", network(MLP, Shape.of(784)), 50, 800);
      }
      if (asked.isEmpty() || asked.contains("lenet")) {
        measure(sc, "LeNet", network(LENET, Shape.of(1, 28, 28)), 10, 60);
      }
    }
  }

  private static NetworkPlan network(String layers, Shape input) {
    ObjectMapper mapper =
        new ObjectMapper()
            .enable(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonParser.Feature.ALLOW_SINGLE_QUOTES);
    try {
      return mapper
          .readValue("{layers: [" + layers + "]}", Network.class)
          .plan(Map.of("input", input), List.of(Target.ofClasses(10)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void measure(
      JavaSparkContext sc, String name, NetworkPlan plan, int localSteps, int stepsPerWorker) {
    TrainingPlan training =
        new PlanOf(2, localSteps, EPOCHS, new Adam(0.001, null, null, null)).plan();
    RunSpec spec =
        new RunSpec(
            new JvmReplicaSource(plan, training.rule()), List.of(Normaliser.NONE), BATCH_SIZE, 1);
    State initial = State.zeros(plan.layout(), training.rule().numSlots());
    initial.params().copyFrom(plan.initialParams(1));
    int size = stepsPerWorker * BATCH_SIZE;
    int width = plan.inputs().values().iterator().next().size();
    JavaRDD<Shard> drawn =
        sc.parallelize(List.of(1L, 2L), 2).map(key -> Synthetic.images(size, width, key));
    Shard examples = Synthetic.images(size, width, 1);
    List<Double> ratios = new ArrayList<>();
    List<Double> overheads = new ArrayList<>();
    try (Shards shards = Shards.cached(drawn)) {
      for (int i = 0; i < WARM_UP_RUNS; i++) { // until Spark's own code is compiled
        rounds(sc, shards, plan, initial, spec, training, new ArrayList<>());
      }
      oneThread(initial, spec, examples, stepsPerWorker / 4);
      for (int i = 0; i < REPETITIONS; i++) {
        double rounds = rounds(sc, shards, plan, initial, spec, training, overheads);
        double oneThread = oneThread(initial, spec, examples, stepsPerWorker);
        ratios.add(rounds / oneThread);
        System.out.printf(
            "%s: rounds %.0f examples/s, one thread %.0f examples/s%n", name, rounds, oneThread);
      }
    }
    System.out.printf(
        "%s, %d parameters, localSteps %d: rounds / one thread %.2f, round beyond computing %.1f ms"
            + " (medians)%n",
        name, plan.layout().numParams(), localSteps, median(ratios), 1000 * median(overheads));
  }

  /** Examples a second over all rounds but the first few, in which replicas are built. */
  private static double rounds(
      JavaSparkContext sc,
      Shards shards,
      NetworkPlan plan,
      State initial,
      RunSpec spec,
      TrainingPlan training,
      List<Double> overheads) {
    List<RoundReport> reports = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void round(RoundReport report) {
            reports.add(report);
          }
        };
    Training.run(
        Clusters.context(sc, training),
        new LearningTask(shards, Optional.empty(), plan.layout(), initial, spec),
        training,
        listener);
    List<RoundReport> warm = reports.subList(WARM_UP_ROUNDS, reports.size());
    warm.forEach(r -> overheads.add(r.times().exchangeSeconds() + r.times().schedulingSeconds()));
    double seconds = warm.stream().mapToDouble(report -> report.times().seconds()).sum();
    return warm.stream().mapToLong(report -> report.pass().examples()).sum() / seconds;
  }

  private static double oneThread(State initial, RunSpec spec, Shard examples, int steps) {
    try (Replica replica = spec.source().create()) {
      replica.load(initial);
      MiniBatches miniBatches = LocalPass.miniBatches(spec, examples, 0, 0);
      LocalPass pass = new LocalPass(0, 0, 0, steps, new LocalPass.Counts(0, 1, 0), 1);
      replica.step(miniBatches.get(0), pass.context(1, 0));
      long begin = System.nanoTime();
      long trained = pass.run(replica, spec, examples).numExamples();
      return trained / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
