package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.checkpoint.CheckpointPlan;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.evaluation.Validation;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.MovingAverage;
import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.plan.Route;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.run.Checkpointing;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.ForwardingReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResumeSparkTest {
  private static final Adam ADAM = new Adam(0.02, null, null, null);
  private static final EarlyStopping PATIENT = new EarlyStopping("loss", 50, null);
  private static final ReduceOnPlateau PLATEAU = new ReduceOnPlateau("loss", 0.5, 1, 0.05, null);

  @TempDir private Path folder;

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static Clusters run(LocalSteps localSteps, Averaging averaging) {
    return run(localSteps, averaging, null);
  }

  private static Clusters run(
      LocalSteps localSteps, Averaging averaging, MovingAverage movingAverage) {
    TrainingPlan plan =
        new PlanOf(3, localSteps, 4, ADAM)
            .earlyStopping(PATIENT)
            .reduceOnPlateau(PLATEAU)
            .averaging(averaging)
            .movingAverage(movingAverage)
            .plan();
    return new Clusters(
        Clusters.network(Clusters.NORMALISED), plan, 10, List.of(77, 50, 23, 5, 31, 64));
  }

  private static Averaging averaging(OuterStep outerStep, OptimizerState optimizerState) {
    return new Averaging(outerStep, optimizerState, null, null, null);
  }

  static Stream<Clusters> runs() {
    LocalSteps.Fixed two = new LocalSteps.Fixed(2);
    return Stream.of(
        run(two, null),
        run(two, null).on("torch"),
        run(two, null, new MovingAverage(0.9, null)),
        run(
            new LocalSteps.Adaptive(2, 1, 5, 2),
            averaging(new OuterStep.SlowMo(0.5, 1.0), OptimizerState.KEPT)),
        run(
            new LocalSteps.Growing(1, 3, 2, 1),
            averaging(new OuterStep.Nesterov(0.9, 0.7), OptimizerState.RESET)));
  }

  private Checkpointing checkpointing(Map<String, String> settings, boolean resume) {
    return new Checkpointing(
        new Checkpoints(folder.toString(), new Configuration(), 2),
        CheckpointPlan.everyRounds(2, 2),
        settings,
        Checkpointing.FREE,
        resume);
  }

  private Trained train(
      Clusters run, TrainingListener listener, Checkpointing checkpointing, Stop stop) {
    return train(run, run.spec().source(), listener, checkpointing, stop);
  }

  private Trained train(
      Clusters run,
      ReplicaSource source,
      TrainingListener listener,
      Checkpointing checkpointing,
      Stop stop) {
    RunSpec spec =
        new RunSpec(source, run.spec().normalisers(), run.batchSize(), run.spec().seed());
    try (Shards shards = SmallShards.of(sc(), run.examples());
        Shards validation = SmallShards.of(sc(), List.of(run.validation()))) {
      return Training.run(
          new RunContext(LocalSpark.session(), 60, stop, Optional.of(checkpointing)),
          new LearningTask(
              shards,
              Optional.of(new Validation(validation, run.blank())),
              run.plan().layout(),
              run.initial(),
              spec),
          run.training(),
          listener);
    }
  }

  /** Remembers what it is told; after a number of rounds it throws, or asks for the end. */
  private static final class Notes implements TrainingListener {
    private final List<String> rounds = new ArrayList<>();
    private final List<String> epochs = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int resumedAt = -1;
    private List<String> damaged = List.of();
    private int roundsLeft = Integer.MAX_VALUE;
    private Runnable atEnd = () -> {};

    static Notes thenDo(int rounds, Runnable atEnd) {
      Notes notes = new Notes();
      notes.roundsLeft = rounds;
      notes.atEnd = atEnd;
      return notes;
    }

    @Override
    public void round(RoundReport report) {
      rounds.add(
          "%d %d %d %s %s %s %s %s"
              .formatted(
                  report.at().round(),
                  report.at().steps(),
                  report.pass().localSteps(),
                  report.pass().loss(),
                  report.pass().learningRate(),
                  report.divergence().spread(),
                  report.divergence().cosine(),
                  report.localStepsReason()));
      if (--roundsLeft == 0) {
        atEnd.run();
      }
    }

    @Override
    public void epoch(EpochReport report) {
      epochs.add(
          "%d %s %s %s %s"
              .formatted(
                  report.epoch(),
                  report.loss(),
                  report.validation().orElseThrow().values(),
                  report.best(),
                  report.rateFactor()));
    }

    @Override
    public void resumed(int rounds, String from, List<String> damaged) {
      this.resumedAt = rounds;
      this.damaged = damaged;
    }

    @Override
    public void checkpointFailed(int rounds, String reason) {
      failures.add(reason);
    }
  }

  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void breakAfter(Clusters run, int rounds, boolean resume) {
    Notes notes =
        Notes.thenDo(
            rounds,
            () -> {
              throw new Broken();
            });
    assertThrows(
        Broken.class, () -> train(run, notes, checkpointing(Map.of(), resume), new Stop()));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void resumedRun_equalsUnbrokenRun(Clusters run) throws IOException {
    Notes unbroken = new Notes();
    State expected = run.train(sc(), unbroken).state();

    // Broken twice, and the second time the newest checkpoint is damaged.
    breakAfter(run, 7, false);
    breakAfter(run, 6, true);
    Path newest;
    try (Stream<Path> files = Files.list(folder)) {
      newest = files.filter(p -> p.toString().endsWith(".checkpoint")).sorted().toList().get(1);
    }
    Files.write(newest, new byte[] {1, 2, 3});
    Notes resumed = new Notes();
    State state = train(run, resumed, checkpointing(Map.of(), true), new Stop()).state();

    assertEquals(expected, state);
    assertEquals(8, resumed.resumedAt);
    assertTrue(resumed.damaged.get(0).contains(newest.getFileName().toString()));
    assertEquals(unbroken.rounds.subList(8, unbroken.rounds.size()), resumed.rounds);
    int epochs = resumed.epochs.size();
    assertEquals(
        unbroken.epochs.subList(unbroken.epochs.size() - epochs, unbroken.epochs.size()),
        resumed.epochs);
  }

  @Test
  void stoppedRun_writesACheckpoint_andEqualsUnbrokenRunWhenResumed() {
    Clusters run = run(new LocalSteps.Fixed(2), null);
    State expected = run.train(sc()).state();

    Stop stop = new Stop();
    Notes notes = Notes.thenDo(5, stop::request);
    String message =
        assertThrows(Stopped.class, () -> train(run, notes, checkpointing(Map.of(), false), stop))
            .getMessage();
    assertTrue(message.contains("round 5") && message.contains("--resume"), message);

    Notes resumed = new Notes();
    assertEquals(expected, train(run, resumed, checkpointing(Map.of(), true), new Stop()).state());
    assertEquals(5, resumed.resumedAt);
  }

  /** Asks for the end as soon as a job of this description starts. */
  private static SparkListener stopAt(String description, Stop stop) {
    return new SparkListener() {
      @Override
      public void onJobStart(SparkListenerJobStart start) {
        String actual = start.properties().getProperty("spark.job.description");
        if (actual != null && actual.contains(description)) {
          stop.request();
        }
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "DIRECT, round 5: local passes, 4",
    "SLICED, round 5: local passes, 4",
    "DIRECT, epoch 1: validation, 8",
  })
  void stopInTheMidst_savesTheRoundsThatAreDone(Route route, String job, int rounds) {
    Clusters run =
        run(
            new LocalSteps.Fixed(2),
            new Averaging(new OuterStep.SlowMo(0.5, 1.0), null, route, null, null));
    Stop stop = new Stop();
    SparkListener listener = stopAt(job, stop);
    sc().sc().addSparkListener(listener);
    String message;
    try {
      // Slow enough for the request to come before the job has ended.
      ReplicaSource slow = new TroubledSource(run.spec().source(), m -> TroubledSource.sleep(40));
      message =
          assertThrows(
                  Stopped.class,
                  () -> train(run, slow, new Notes(), checkpointing(Map.of(), false), stop))
              .getMessage();
    } finally {
      sc().sc().removeSparkListener(listener);
    }
    assertTrue(message.contains("go on from round " + rounds + " "), message);

    Notes resumed = new Notes();
    State state = train(run, resumed, checkpointing(Map.of(), true), new Stop()).state();
    assertEquals(rounds, resumed.resumedAt);
    assertEquals(run.train(sc()).state(), state);
  }

  /** Asks for the end of a run while its third round's first step computes. */
  private record StoppingSource(ReplicaSource source) implements ReplicaSource {
    private static final AtomicReference<Stop> STOP = new AtomicReference<>();
    private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();

    @Override
    public Replica create() {
      return new ForwardingReplica(source.create()) {
        @Override
        public double step(MiniBatch batch, StepContext context) {
          if (context.update() != 6) {
            return super.step(batch, context);
          }
          new Thread(StoppingSource::ask).start();
          double loss = super.step(batch, context);
          EVENTS.add("the step has ended");
          return loss;
        }
      };
    }

    private static void ask() {
      TroubledSource.sleep(10);
      EVENTS.add("asked");
      STOP.get().request();
    }
  }

  @Test
  void stopInTheMidstOfAStep_savesTheRoundsThatAreDone() throws InterruptedException {
    // A step of some hundred milliseconds: far longer than it takes to ask and to call a job off.
    String slow =
        "{dense: {units: 1024}}, {reshape: {shape: [1, 32, 32]}},"
            + " {convolution: {filters: 96, kernel: 5, padding: same}},"
            + " {convolution: {filters: 96, kernel: 5, padding: same}},"
            + " {globalAveragePooling: {}}, {output: {loss: crossEntropy}}";
    Clusters run =
        new Clusters(
            Clusters.network(slow),
            new PlanOf(2, new LocalSteps.Fixed(3), 2, ADAM).plan(),
            10,
            List.of(60, 60),
            "jvm");
    Stop stop = new Stop();
    StoppingSource.STOP.set(stop);
    ReplicaSource stopping = new StoppingSource(run.spec().source());
    String message =
        assertThrows(
                Stopped.class,
                () -> train(run, stopping, new Notes(), checkpointing(Map.of(), false), stop))
            .getMessage();
    assertEquals("asked", StoppingSource.EVENTS.take());
    assertTrue(message.contains("go on from round 2 "), message);

    Notes resumed = new Notes();
    State state = train(run, resumed, checkpointing(Map.of(), true), new Stop()).state();
    assertEquals(2, resumed.resumedAt);
    assertEquals(run.train(sc()).state(), state);
  }

  @Test
  void resume_withoutACheckpoint_beginsAnew() {
    Clusters run = run(new LocalSteps.Fixed(4), null);
    Notes notes = new Notes();
    State state = train(run, notes, checkpointing(Map.of(), true), new Stop()).state();
    assertEquals(0, notes.resumedAt);
    assertEquals(run.train(sc()).state(), state);
  }

  @Test
  void changedSettings_areRefusedByName_butMoreEpochsAreFine() {
    Clusters run = run(new LocalSteps.Fixed(4), null);
    train(
        run,
        new Notes(),
        checkpointing(Map.of("seed", "1", "training.epochs", "4"), false),
        new Stop());

    String refused =
        assertThrows(
                IllegalArgumentException.class,
                () -> train(run, new Notes(), checkpointing(Map.of("seed", "2"), true), new Stop()))
            .getMessage();
    assertTrue(refused.contains("seed was 1 and is 2"), refused);

    TrainingPlan five =
        new PlanOf(3, run.training().localSteps(), 5, ADAM)
            .earlyStopping(PATIENT)
            .reduceOnPlateau(PLATEAU)
            .plan();
    Clusters longer = new Clusters(run.plan(), five, run.batchSize(), run.shardSizes());
    Map<String, String> settings = Map.of("seed", "1", "training.epochs", "5");
    assertEquals(
        longer.train(sc()).state(),
        train(longer, new Notes(), checkpointing(settings, true), new Stop()).state());
  }

  @Test
  void otherExamples_orAFolderInUse_areRefused() {
    Clusters run = run(new LocalSteps.Fixed(4), null);
    train(run, new Notes(), checkpointing(Map.of(), false), new Stop());

    Clusters other =
        new Clusters(run.plan(), run.training(), run.batchSize(), List.of(77, 50, 23, 5, 31, 65));
    String examples =
        assertThrows(
                IllegalArgumentException.class,
                () -> train(other, new Notes(), checkpointing(Map.of(), true), new Stop()))
            .getMessage();
    assertTrue(examples.contains("training examples"), examples);
    String inUse =
        assertThrows(
                IllegalArgumentException.class,
                () -> train(run, new Notes(), checkpointing(Map.of(), false), new Stop()))
            .getMessage();
    assertTrue(inUse.contains("--resume"), inUse);
  }

  @Test
  void diskThatCannotBeWritten_isNamed_andTheTrainingGoesOn() throws IOException {
    Clusters run = run(new LocalSteps.Fixed(4), null);
    Path file = Files.createFile(folder.resolve("file"));
    Checkpointing to =
        new Checkpointing(
            new Checkpoints(file + "/below", new Configuration(), 2),
            CheckpointPlan.everyRounds(2, 2),
            Map.of(),
            List.of(),
            true);
    Notes notes = new Notes();
    assertEquals(run.train(sc()).state(), train(run, notes, to, new Stop()).state());
    assertTrue(notes.failures.size() > 1, notes.failures.toString());
  }
}
