package dev.braid.jobs;

import dev.braid.driver.cluster.Executors;
import dev.braid.driver.cluster.RoundModel;
import dev.braid.driver.cluster.RoundModel.Measured;
import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.cluster.Forecast;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * What {@code braid plan} foretells on two executors, against what is then measured on one and on
 * two: a round's time, and the speed-up over one core that trains without rounds; from the root of
 * the repository, after {@code ./braid test}:
 *
 * <pre>
 * cd jobs &amp;&amp; OMP_NUM_THREADS=1 java @../conf/jvm.options \
 *   -Dlog4j2.configurationFile=../conf/log4j2.properties -cp \
 *   target/test-classes:target/classes:$(cat target/classpath/embedded) dev.braid.jobs.PlanBenchmark
 * </pre>
 *
 * <p>About seven minutes on an otherwise idle machine.
 */
final class PlanBenchmark {
  private static final String MLP =
      "network.layers=[{flatten: {}}, {dense: {units: 256, activation: relu}},"
          + " {dense: {units: 128, activation: relu}}, {output: {loss: crossEntropy}}]";

  private static final Map<String, List<Double>> RATIOS = new LinkedHashMap<>();

  private PlanBenchmark() {}

  /** Argument: how often all is done, by default 3 times. */
  public static void main(String[] arguments) {
    int repetitions = arguments.length == 0 ? 3 : Integer.parseInt(arguments[0]);
    for (int i = 0; i < repetitions; i++) {
      compare("LeNet, 5 local steps", List.of());
      compare("MLP, 50 local steps", List.of(MLP, "training.localSteps=50"));
      compare("MLP, 1 local step", List.of(MLP, "training.localSteps=1"));
    }
    RATIOS.forEach(
        (what, ratios) ->
            System.out.printf(
                Locale.ROOT,
                "%s: foretold / measured, median %.2f%n",
                what,
                ratios.stream().sorted().toList().get(ratios.size() / 2)));
    System.exit(0);
  }

  private static void compare(String name, List<String> changes) {
    IntFunction<TrainingRun> runs = workers -> run(changes, workers);
    Forecast forecast = forecast(runs, changes);
    RoundModel model = on(2, spark -> forecast.measure(spark, runs));
    Measured[] measured = new Measured[3];
    for (int executors = 1; executors <= 2; executors++) {
      int workers = executors;
      measured[executors] = on(executors, spark -> warm(spark, runs, workers));
      int steps = measured[executors].localSteps();
      print(
          name,
          executors,
          "round, ms",
          1e3 * model.roundSeconds(executors, executors, steps),
          1e3 * measured[executors].roundSeconds());
      print(
          name,
          executors,
          "speed-up",
          model.speedUp(executors, executors, steps),
          executors * steps * measured[1].stepSeconds() / measured[executors].roundSeconds());
    }
    forecast
        .rounds(model, 2)
        .lines()
        .filter(line -> line.matches("(advice|or) .*"))
        .forEach(line -> System.out.printf("%-22s %s%n", name, line));
  }

  private static Measured warm(SparkSession spark, IntFunction<TrainingRun> runs, int workers) {
    Forecast.measured(spark, runs, workers);
    return Forecast.measured(spark, runs, workers);
  }

  private static void print(
      String name, int executors, String what, double foretold, double measured) {
    System.out.printf(
        Locale.ROOT,
        "%-22s %d executors: %-9s foretold %7.2f, measured %7.2f, ratio %.2f%n",
        name,
        executors,
        what,
        foretold,
        measured,
        foretold / measured);
    RATIOS
        .computeIfAbsent(
            "%s, %d executors, %s".formatted(name, executors, what), key -> new ArrayList<>())
        .add(foretold / measured);
  }

  private static Forecast forecast(IntFunction<TrainingRun> runs, List<String> changes) {
    JobFile job = file(changes, 2).as(JobFile.class);
    SparkConf conf = new SparkConf().setMaster("local-cluster[2,1,1500]");
    return Forecast.of(runs.apply(2), job, conf, "fashion-lenet");
  }

  private static SettingsFile file(List<String> changes, int workers) {
    List<String> all = new ArrayList<>(changes);
    all.add("training.workers=" + workers);
    all.add("training.epochs=1000000");
    for (String part : List.of("train", "test")) {
      String prefix = part.equals("train") ? "train" : "t10k";
      String folder = "samples/fashion-mnist/" + prefix;
      all.add("data." + part + ".idx.images=" + folder + "-images-idx3-ubyte.gz");
      all.add("data." + part + ".idx.labels=" + folder + "-labels-idx1-ubyte.gz");
    }
    return SettingsFile.read(Path.of("../conf/fashion-lenet.yaml"), all);
  }

  private static TrainingRun run(List<String> changes, int workers) {
    SettingsFile file = file(changes, workers);
    return Preparation.check(file, file.as(JobFile.class), Session.hadoop());
  }

  private static <T> T on(int executors, Function<SparkSession, T> work) {
    SparkConf conf = new SparkConf();
    defaults().forEach((key, value) -> conf.set((String) key, (String) value));
    conf.setMaster("local-cluster[" + executors + ",1,1500]")
        .setAppName("plan")
        .set("spark.executor.memory", "1g")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set("spark.ui.enabled", "false");
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      Executors.await(spark, executors, 60);
      return work.apply(spark);
    }
  }

  private static Properties defaults() {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of("../conf/spark-defaults.conf"))) {
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
