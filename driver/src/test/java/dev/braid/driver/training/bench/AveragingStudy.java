package dev.braid.driver.training.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.PartOrigin;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.source.Idx;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.PlanOf;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.TorchReplicaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What averaging seldom costs in accuracy, and how much of it an outer step wins back: LeNet-5 on
 * MNIST and an LSTM on IMDB's reviews, with as many workers, local steps and outer steps as the
 * lines of a file say. A line of results is appended to a CSV file after each run; lines that it
 * has already are not run again. All data sets are read once, so that a run costs its training
 * alone. With the data sets in {@code DATA}, and {@code mnist/}, {@code imdb/} below it:
 *
 * <pre>
 * mvn -q -pl worker,driver test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * OMP_NUM_THREADS=1 java @conf/jvm.options -Xmx3g -cp driver/target/test-classes:driver/target/classes:
 *     $(cat driver/target/classpath) dev.braid.driver.training.bench.AveragingStudy
 *     DATA driver/src/test/bench/averaging-study.jsonl docs/averaging-study.csv
 * ... dev.braid.driver.training.bench.StudyPlot docs/averaging-study.csv docs/averaging-study.svg
 * </pre>
 */
public final class AveragingStudy {
  static final String HEADER =
      "task,workers,localSteps,outerStep,optimizerState,seed,epochs,optimizer,transfer,scoredOn,"
          + "rounds,accuracy,loss,spread,cosine";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.ALLOW_UNQUOTED_FIELD_NAMES)
          .enable(JsonParser.Feature.ALLOW_SINGLE_QUOTES)
          .build();
  private static final int NUM_WORDS = 5000;
  private static final int WORDS_A_REVIEW = 40;

  /** As many examples as MNIST's test part has, where choices are made without it. */
  private static final double VALIDATION_SHARE = 1.0 / 6;

  private final SparkSession session;
  private final Path data;
  private final Map<String, Loaded> loaded = new HashMap<>();

  private AveragingStudy(SparkSession session, Path data) {
    this.session = session;
    this.data = data;
  }

  /**
   * One run.
   *
   * @param task lenet or lstm
   * @param transfer whole numbers if left out
   * @param scoredOn the test examples if left out
   */
  record Setting(
      String task,
      int workers,
      int localSteps,
      OuterStep outerStep,
      OptimizerState optimizerState,
      long seed,
      int epochs,
      Optimizer optimizer,
      WireFormat transfer,
      Part scoredOn) {
    Setting {
      transfer = transfer == null ? WireFormat.FLOAT32 : transfer;
      scoredOn = scoredOn == null ? Part.TEST : scoredOn;
    }

    /** As the first columns of a line of results. */
    String columns() throws IOException {
      return String.join(
          ",",
          task,
          "" + workers,
          "" + localSteps,
          quoted(outerStep),
          optimizerState.name().toLowerCase(Locale.ROOT),
          "" + seed,
          "" + epochs,
          quoted(optimizer),
          transfer.name().toLowerCase(Locale.ROOT),
          scoredOn.name().toLowerCase(Locale.ROOT));
    }

    /** With semicolons instead of commas. */
    private static String quoted(Object choice) throws IOException {
      return JSON.writeValueAsString(choice).replace("\"", "").replace(",", "; ");
    }
  }

  /** Which examples a run is scored on. */
  enum Part {
    /** The data set's own test part, having learned from all the others. */
    @JsonProperty("test")
    TEST,
    /** A sixth of the training part, having learned from the rest: to choose by. */
    @JsonProperty("validation")
    VALIDATION
  }

  private record Loaded(TrainingData data, Network network, int batchSize) {}

  /** Arguments: folder of the data sets, file of settings, file of results; runs at most. */
  public static void main(String[] arguments) throws IOException {
    Path results = Path.of(arguments[2]);
    if (!Files.exists(results)) {
      Files.writeString(results, HEADER + "\n");
    }
    List<String> done = Files.readAllLines(results);
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("averaging study")
            .config("spark.ui.enabled", false)
            .config("spark.broadcast.compress", false)
            .config("spark.task.maxDirectResultSize", "64m")
            .getOrCreate()) {
      AveragingStudy study = new AveragingStudy(session, Path.of(arguments[0]));
      int left = arguments.length > 3 ? Integer.parseInt(arguments[3]) : Integer.MAX_VALUE;
      for (String line : Files.readAllLines(Path.of(arguments[1]))) {
        if (left == 0 || line.isBlank() || line.startsWith("#")) {
          continue;
        }
        Setting setting = JSON.readValue(line, Setting.class);
        if (done.stream().noneMatch(l -> l.startsWith(columns(setting) + ","))) {
          String result = columns(setting) + "," + study.run(setting) + "\n";
          System.out.print(result);
          left--;
          Files.writeString(results, result, StandardOpenOption.APPEND);
        }
      }
    }
  }

  private static String columns(Setting setting) {
    try {
      return setting.columns();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String run(Setting setting) throws IOException {
    Loaded problem = load(setting);
    TrainingPlan plan =
        new PlanOf(
                setting.workers(),
                new LocalSteps.Fixed(setting.localSteps()),
                setting.epochs(),
                setting.optimizer())
            .averaging(
                new Averaging(
                    setting.outerStep(), setting.optimizerState(), null, null, setting.transfer()))
            .plan();
    NetworkPlan network = plan(problem);
    RunSpec spec =
        new RunSpec(
            new TorchReplicaSource(network, plan.rule()),
            problem.data().normalisers(),
            problem.batchSize(),
            setting.seed());
    State initial = State.zeros(network.layout(), plan.rule().numSlots());
    initial.params().copyFrom(network.initialParams(setting.seed()));
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(session.sparkContext());
    LastEpoch last = new LastEpoch();
    Trained trained =
        Training.run(
            RunContext.of(session),
            new LearningTask(
                problem.data().train(), Optional.empty(), network.layout(), initial, spec),
            plan,
            last);
    Evaluation test =
        Evaluation.run(
            sc,
            problem
                .data()
                .of(dev.braid.driver.data.Part.DEV)
                .or(() -> problem.data().of(dev.braid.driver.data.Part.TEST))
                .orElseThrow(),
            trained.state(),
            spec,
            Evaluation.blank(network));
    return String.format(
        Locale.ROOT,
        "%d,%.4f,%.4f,%.4g,%.3f",
        trained.work().rounds(),
        test.values().get("accuracy"),
        test.loss(),
        last.spread / last.rounds,
        last.cosine / last.rounds);
  }

  /** How well the workers agree in the rounds of the last epoch, on average. */
  private static final class LastEpoch implements TrainingListener {
    private int epoch = -1;
    private int rounds;
    private double spread;
    private double cosine;

    @Override
    public void round(RoundReport report) {
      if (report.at().epoch() != epoch) {
        epoch = report.at().epoch();
        rounds = 0;
        spread = 0;
        cosine = 0;
      }
      rounds++;
      spread += report.divergence().spread();
      cosine += report.divergence().cosine();
    }

    @Override
    public void epoch(EpochReport report) {
      System.err.printf(
          Locale.ROOT,
          "  epoch %d: loss %.4f, %.0f s%n",
          epoch + 1,
          report.loss(),
          report.seconds());
    }
  }

  private static NetworkPlan plan(Loaded problem) {
    return problem
        .network()
        .plan(
            Map.of("input", new Shape(problem.data().facts().inputs().get(0).shape())),
            List.of(Target.ofClasses(problem.data().facts().outputs().get(0).classes().size())));
  }

  private Loaded load(Setting setting) throws IOException {
    PartOrigin aside =
        setting.scoredOn() == Part.TEST ? null : new PartOrigin.Share(VALIDATION_SHARE);
    String key = setting.task() + setting.workers() + setting.scoredOn();
    if (!loaded.containsKey(key)) {
      loaded.put(
          key,
          setting.task().equals("lenet")
              ? images(setting.workers(), aside)
              : text(setting.workers(), aside));
    }
    return loaded.get(key);
  }

  private Loaded images(int workers, PartOrigin aside) throws IOException {
    Path mnist = data.resolve("mnist");
    DataSettings settings =
        new DataSettings(
            new Idx(
                mnist.resolve("train-images-idx3-ubyte.gz").toString(),
                mnist.resolve("train-labels-idx1-ubyte.gz").toString(),
                null),
            new Idx(
                mnist.resolve("t10k-images-idx3-ubyte.gz").toString(),
                mnist.resolve("t10k-labels-idx1-ubyte.gz").toString(),
                null),
            aside,
            null,
            InputScaling.SCALE,
            null,
            16);
    return load(
        settings,
        workers,
        "{convolution: {filters: 6, kernel: 5, padding: 'same', activation: 'relu'}},"
            + "{maxPooling: {kernel: 2}},"
            + "{convolution: {filters: 16, kernel: 5, activation: 'relu'}},"
            + "{maxPooling: {kernel: 2}}, {flatten: {}},"
            + "{dense: {units: 120, activation: 'relu'}}, {dense: {units: 84, activation: 'relu'}},"
            + "{output: {loss: 'crossEntropy'}}");
  }

  private Loaded text(int workers, PartOrigin aside) throws IOException {
    Path imdb = data.resolve("imdb");
    Path tables = StudyText.tables(imdb, NUM_WORDS, WORDS_A_REVIEW);
    List<Integer> shape = List.of(WORDS_A_REVIEW);
    List<String> label = List.of("0");
    DataSettings settings =
        new DataSettings(
            Sources.csv(tables.resolve("train.csv").toString(), false, null, label, null, shape),
            Sources.csv(tables.resolve("test.csv").toString(), false, null, label, null, shape),
            aside,
            null,
            InputScaling.NONE,
            null,
            8);
    return load(
        settings,
        workers,
        "{embedding: {size: %d, dimension: 32, weights: {initialiser: 'normal(0.1)'}}},"
                .formatted(NUM_WORDS)
            + "{lstm: {units: 32, returnSequences: false}}, {output: {loss: 'crossEntropy'}}");
  }

  private Loaded load(DataSettings settings, int workers, String layers) throws IOException {
    DataFacts facts = Sources.check(settings);
    return new Loaded(
        TrainingData.load(session, settings, facts, workers, 1),
        JSON.readValue("{layers: [" + layers + "]}", Network.class),
        settings.batchSize());
  }
}
