package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.exchange.Diverged;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.EarlyStopping;
import dev.braid.driver.plan.MovingAverage;
import dev.braid.driver.plan.OuterStep;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.LabelWeights;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.LearningRateSchedule;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSparkTest {
  private static final Adam ADAM = new Adam(0.01, null, null, null);
  private static final Sgd SGD = new Sgd(0.1);

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  @Test
  void oneWorker_oneLocalStep_equalsPlainTraining() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.NORMALISED),
            Clusters.training(1, 1, 3, ADAM),
            10,
            List.of(95));

    assertEquals(plainTraining(run), run.train(sc()).state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "torch"})
  void oneWorker_manyLocalSteps_equalsPlainTraining(String engine) {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.NORMALISED),
            Clusters.training(1, 4, 3, ADAM),
            10,
            List.of(95),
            engine);

    assertEquals(plainTraining(run), run.train(sc()).state());
  }

  /** The same mini-batches in one process, without rounds: what a textbook's loop does. */
  private static State plainTraining(Clusters run) {
    return plainTraining(run, (epoch, state) -> {});
  }

  private static State plainTraining(Clusters run, BiConsumer<Integer, State> afterStep) {
    RunSpec spec = run.spec();
    Shard examples = run.examples().get(0);
    long step = 0;
    try (Replica replica = spec.source().create()) {
      replica.load(run.initial());
      State result = replica.newState();
      for (int epoch = 0; epoch < run.training().epochs(); epoch++) {
        MiniBatches miniBatches = LocalPass.miniBatches(spec, examples, epoch, 0);
        for (int i = 0; i < miniBatches.count(); i++) {
          long key = SplitMix.key(Clusters.SEED, 2, epoch, 0, i);
          replica.step(miniBatches.get(i), new StepContext(epoch, step, step, key));
          step++;
          replica.read(result);
          afterStep.accept(epoch, result);
        }
      }
      return result;
    }
  }

  @ParameterizedTest
  @CsvSource({"0.9,", ",2"})
  void movingAverage_equalsADirectComputation(Double decay, Integer meanFromEpoch) {
    TrainingPlan plan =
        new PlanOf(1, 1, 3, ADAM).movingAverage(new MovingAverage(decay, meanFromEpoch)).plan();
    Clusters run = new Clusters(Clusters.network(Clusters.NORMALISED), plan, 10, List.of(95));
    double[] sums = new double[(int) run.initial().params().size()];
    double[] statistics = new double[(int) run.initial().statistics().size()];
    double[] weights = new double[1];
    State last =
        plainTraining(
            run,
            (epoch, state) -> {
              boolean counts = decay != null || epoch >= meanFromEpoch - 1;
              double kept = decay == null ? 1 : decay;
              double added = !counts ? 0 : decay == null ? 1 : 1 - decay;
              for (int i = 0; i < sums.length; i++) {
                sums[i] = kept * sums[i] + added * state.params().get(i);
              }
              for (int i = 0; i < statistics.length; i++) {
                statistics[i] = kept * statistics[i] + added * state.statistics().get(i);
              }
              weights[0] = kept * weights[0] + added;
            });

    List<EpochReport> reports = new ArrayList<>();
    Trained trained = run.train(sc(), listener(new ArrayList<>(), reports));

    for (int i = 0; i < sums.length; i++) {
      assertEquals(sums[i] / weights[0], trained.state().params().get(i), 2e-6);
    }
    for (int i = 0; i < statistics.length; i++) {
      assertEquals(statistics[i] / weights[0], trained.state().statistics().get(i), 2e-6);
    }
    assertNotEquals(last.params(), trained.state().params());
    assertTrue(trained.average().isPresent());
    assertValidatedOnTheAverage(run, reports);
  }

  /** The last ones are trained alike, but not scored. */
  private static void assertValidatedOnTheAverage(Clusters run, List<EpochReport> averaged) {
    Clusters plain = new Clusters(run.plan(), new PlanOf(1, 1, 3, ADAM).plan(), 10, List.of(95));
    List<EpochReport> reports = new ArrayList<>();
    plain.train(sc(), listener(new ArrayList<>(), reports));
    assertEquals(reports.get(2).loss(), averaged.get(2).loss());
    assertNotEquals(validationLoss(reports.get(2)), validationLoss(averaged.get(2)));
  }

  @Test
  void workersWithOneLocalStep_equalOneBigBatch_alsoOfUnequalSizes() {
    // 50 rounds: shard sizes 77, 50, 23 and 5 give batches of 10 and of 7, 3 and 5 at the end.
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.DENSE),
            Clusters.training(4, 1, 7, SGD),
            10,
            List.of(77, 50, 23, 5));

    Trained trained = run.train(sc());

    assertEquals(7 * 8, trained.work().rounds());
    assertEquals(0, distance(bigBatchTraining(run), trained.state().params()), 1e-5);
  }

  @Test
  void workersWithOneLocalStep_equalOneBigBatch_alsoWithWeightsOfClasses() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.DENSE),
            Clusters.training(4, 1, 7, SGD),
            10,
            List.of(77, 50, 23, 5));
    LabelWeights weights = new LabelWeights(new float[] {1, 0.25f, 8});
    RunSpec plain = run.spec();
    RunSpec spec = new RunSpec(plain.source(), plain.normalisers(), 10, Clusters.SEED, weights);
    try (Shards shards = SmallShards.of(sc(), run.examples())) {
      Trained trained =
          Training.run(
              Clusters.context(sc(), run.training()),
              new LearningTask(shards, Optional.empty(), run.plan().layout(), run.initial(), spec),
              run.training(),
              Clusters.SILENT);
      assertEquals(0, distance(bigBatchTraining(run, weights), trained.state().params()), 1e-5);
      assertTrue(distance(bigBatchTraining(run), trained.state().params()) > 1e-2);
    }
  }

  /** Rows of indices below 5, every other of them padding, and a class. */
  private static Shard words(int size) {
    SplitMix random = SplitMix.stream(size);
    float[] indices = new float[size * Clusters.NUM_FEATURES];
    float[] labels = new float[size];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i % 2 == 0 ? 0 : random.nextInt(5);
    }
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(Clusters.NUM_CLASSES);
    }
    return new Shard(
        size,
        new Column[] {Column.ofFloats(Clusters.NUM_FEATURES, indices)},
        new Column[] {Column.ofFloats(1, labels)});
  }

  @Test
  void paddingOfAnEmbedding_staysZero_throughStepsAndAveraging() {
    TrainingPlan plan =
        new PlanOf(2, 2, 3, ADAM).regularisation(new Regularisation(0.0, 0.01)).plan();
    Clusters run =
        new Clusters(
            Clusters.network(
                "{embedding: {size: 5, dimension: 4, padding: true, pool: mean}},"
                    + " {output: {loss: crossEntropy}}"),
            plan,
            10,
            List.of(30, 40));
    float before = run.initial().params().get(4);
    try (Shards shards = SmallShards.of(sc(), List.of(words(30), words(40)))) {
      State trained =
          Training.run(
                  Clusters.context(sc(), run.training()),
                  new LearningTask(
                      shards, Optional.empty(), run.plan().layout(), run.initial(), run.spec()),
                  plan,
                  Clusters.SILENT)
              .state();
      for (int i = 0; i < 4; i++) {
        assertEquals(0, trained.params().get(i));
      }
      assertNotEquals(before, trained.params().get(4));
    }
  }

  private static Blocks bigBatchTraining(Clusters run) {
    return bigBatchTraining(run, LabelWeights.NONE);
  }

  private static Blocks bigBatchTraining(Clusters run, LabelWeights weights) {
    RunSpec spec = run.spec();
    long update = 0;
    try (Replica replica = spec.source().create()) {
      replica.load(run.initial());
      for (int epoch = 0; epoch < run.training().epochs(); epoch++) {
        for (int i = 0; i < 8; i++) {
          replica.step(
              weighted(union(run, epoch, i), weights), new StepContext(epoch, update, update, 0));
          update++;
        }
      }
      State result = replica.newState();
      replica.read(result);
      return result.params();
    }
  }

  private static MiniBatch weighted(MiniBatch batch, LabelWeights weights) {
    if (weights.byClass().length == 0) {
      return batch;
    }
    float[] each = new float[batch.size()];
    for (int i = 0; i < each.length; i++) {
      each[i] = weights.byClass()[(int) batch.labels()[0][i]];
    }
    return new MiniBatch(batch.size(), batch.inputs(), batch.labels(), each);
  }

  /** All workers' mini-batches of one round as one. */
  private static MiniBatch union(Clusters run, int epoch, int i) {
    List<MiniBatch> parts = new ArrayList<>();
    for (int shard = 0; shard < run.examples().size(); shard++) {
      MiniBatches all = LocalPass.miniBatches(run.spec(), run.examples().get(shard), epoch, shard);
      if (i < all.count()) {
        parts.add(all.get(i));
      }
    }
    int size = parts.stream().mapToInt(MiniBatch::size).sum();
    float[] inputs = new float[size * Clusters.NUM_FEATURES];
    float[] labels = new float[size];
    int row = 0;
    for (MiniBatch part : parts) {
      System.arraycopy(
          part.inputs()[0], 0, inputs, row * Clusters.NUM_FEATURES, part.inputs()[0].length);
      System.arraycopy(part.labels()[0], 0, labels, row, part.size());
      row += part.size();
    }
    return new MiniBatch(size, new float[][] {inputs}, new float[][] {labels});
  }

  private static double distance(Blocks expected, Blocks actual) {
    double squares = 0;
    double length = 0;
    for (long i = 0; i < expected.size(); i++) {
      squares += Math.pow(expected.get(i) - actual.get(i), 2);
      length += Math.pow(expected.get(i), 2);
    }
    return Math.sqrt(squares / length);
  }

  @Test
  void shardsOfAnySize_giveTheExampleWeightedResult() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.DENSE),
            Clusters.training(4, 1000, 1, SGD),
            10,
            List.of(1, 10, 1000, 0));
    List<Long> examples = new ArrayList<>();
    Trained trained = run.train(sc(), rounds(report -> examples.add(report.pass().examples())));

    assertEquals(List.of(1011L), examples);
    double[] expected = new double[(int) run.plan().layout().numParams()];
    for (int shard = 0; shard < 3; shard++) {
      State alone = localPass(run, shard);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += run.shardSizes().get(shard) * (double) alone.params().get(i) / 1011;
      }
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals((float) expected[i], trained.state().params().get(i), 1e-7f);
    }
  }

  /** What one worker makes of the initial state, on its own. */
  private static State localPass(Clusters run, int shard) {
    try (Replica replica = run.spec().source().create()) {
      replica.load(run.initial());
      new LocalPass(0, shard, 0, 1000, new LocalPass.Counts(0, 3, 0), 1)
          .run(replica, run.spec(), run.examples().get(shard));
      State result = replica.newState();
      replica.read(result);
      return result;
    }
  }

  @ParameterizedTest
  @CsvSource({"jvm, jvm", "jvm, torch", "torch, torch"})
  void twoTrainingsAtOnce_eachEqualItsSoloRun(String engine, String otherEngine) {
    Clusters one =
        new Clusters(
            Clusters.network(Clusters.NORMALISED),
            Clusters.training(2, 3, 4, ADAM),
            10,
            List.of(60, 61),
            engine);
    Clusters other =
        new Clusters(
            Clusters.network(Clusters.DENSE),
            Clusters.training(3, 2, 4, SGD),
            8,
            List.of(40, 41, 42),
            otherEngine);
    JavaSparkContext sc = sc();
    State soloOne = one.train(sc).state();
    State soloOther = other.train(sc).state();

    CompletableFuture<State> atOnce = CompletableFuture.supplyAsync(() -> one.train(sc).state());
    assertEquals(soloOther, other.train(sc).state());
    assertEquals(soloOne, atOnce.join());
  }

  @Test
  void anotherSeedOrNumberOfWorkers_givesAnotherModel() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.DENSE), Clusters.training(2, 3, 2, SGD), 10, List.of(60, 60));
    Clusters oneWorker =
        new Clusters(run.plan(), Clusters.training(1, 3, 2, SGD), 10, List.of(60, 60));
    assertNotEquals(run.train(sc()).state(), oneWorker.train(sc()).state());
  }

  @Test
  void training_learns_andReportsRoundsAndEpochs() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.NORMALISED),
            Clusters.training(2, 5, 8, ADAM),
            10,
            List.of(150, 150));
    List<RoundReport> rounds = new ArrayList<>();
    List<EpochReport> epochs = new ArrayList<>();
    Trained trained = run.train(sc(), listener(rounds, epochs));

    assertEquals(8 * 3, rounds.size());
    assertEquals(8, epochs.size());
    assertEquals(8 * 300, trained.work().examples());
    assertEquals(8 * 30, trained.work().steps());
    double accuracy = epochs.get(7).validation().orElseThrow().values().get("accuracy");
    assertTrue(accuracy > 0.8, "accuracy " + accuracy);
    assertTrue(rounds.get(0).divergence().spread() > 0 && rounds.get(0).divergence().spread() < 1);
    RoundReport last = rounds.get(23);
    assertEquals(24, last.at().rounds());
    assertEquals(
        last.times().seconds(),
        last.times().computeSeconds()
            + last.times().exchangeSeconds()
            + last.times().schedulingSeconds(),
        1e-9);
  }

  @Test
  void schedules_countTrueStepsOverAllWorkers() {
    TrainingPlan plan =
        new PlanOf(2, 5, 2, new Sgd(1.0))
            .schedule(new LearningRateSchedule.Inverse(1.0, LearningRateSchedule.Per.STEP))
            .plan();
    Clusters run = new Clusters(Clusters.network(Clusters.DENSE), plan, 10, List.of(100, 70));
    List<Double> rates = new ArrayList<>();
    run.train(sc(), rounds(report -> rates.add(report.pass().learningRate())));

    // 10 and 7 mini-batches: rounds of 5 + 5 and 5 + 2 steps, 17 an epoch.
    assertEquals(List.of(1.0, 1 / 11.0, 1 / 18.0, 1 / 28.0), rates);
  }

  @Test
  void lossThatIsNotFinite_stopsTheRun_andSaysWhere() {
    Clusters run =
        new Clusters(
            Clusters.network("{dense: {units: 4}}, {output: {loss: meanSquared}}"),
            Clusters.training(2, 5, 5, new Sgd(1e30)),
            10,
            List.of(100, 100));
    String message = assertThrows(Diverged.class, () -> run.train(sc())).getMessage();
    assertTrue(
        message.matches(
            "loss became (NaN|Infinity) in round 1, worker 0, step \\d+ \\(learningRate 1.0E30\\);"
                + " .*"),
        message);
  }

  @Test
  void parametersThatAreNotFinite_stopTheRun_evenAfterItsLastStep() {
    Clusters run =
        new Clusters(
            Clusters.network("{dense: {units: 4}}, {output: {loss: meanSquared}}"),
            Clusters.training(1, 1, 1, new Sgd(3e38)),
            100,
            List.of(100));
    String message = assertThrows(Diverged.class, () -> run.train(sc())).getMessage();
    assertTrue(
        message.startsWith("the parameters became NaN or infinite in round 1, worker 0 "), message);
  }

  /** What a run ends with whose examples' numbers lie near 1e22. */
  private static String endOnLargeNumbers(String layers, Optimizer optimizer) {
    Clusters run =
        new Clusters(
            Clusters.network(layers), Clusters.training(2, 1, 1, optimizer), 10, List.of(20, 20));
    Normaliser scale = new Normaliser(new float[] {0}, new float[] {1e22f}, 1);
    RunSpec spec = new RunSpec(run.spec().source(), List.of(scale), 10, Clusters.SEED);
    try (Shards shards = SmallShards.of(sc(), run.examples())) {
      return assertThrows(
              Diverged.class,
              () ->
                  Training.run(
                      Clusters.context(sc(), run.training()),
                      new LearningTask(
                          shards, Optional.empty(), run.plan().layout(), run.initial(), spec),
                      run.training(),
                      Clusters.SILENT))
          .getMessage();
    }
  }

  @Test
  void optimizerStateThatIsNotFinite_stopsTheRun_thoughLossAndParametersAreNumbers() {
    String message = endOnLargeNumbers("{output: {loss: meanAbsolute}}", ADAM);
    assertTrue(
        message.startsWith("the optimizer's state became NaN or infinite in round 1, worker 0 "),
        message);
  }

  @Test
  void runningStatisticsThatAreNotFinite_stopTheRun() {
    String message = endOnLargeNumbers("{batchNorm: {}}, {output: {loss: crossEntropy}}", SGD);
    assertTrue(
        message.startsWith("the running statistics became NaN or infinite in round 1, worker 0 "),
        message);
  }

  @Test
  void outerStepThatLeavesTheFloats_stopsTheRun() {
    Clusters run =
        new Clusters(
                Clusters.network(Clusters.DENSE),
                Clusters.training(2, 1, 1, SGD),
                10,
                List.of(9, 9))
            .with(new Averaging(new OuterStep.Nesterov(0.9, 1e300), null, null, null, null));
    String message = assertThrows(Diverged.class, () -> run.train(sc())).getMessage();
    assertTrue(
        message.startsWith("the parameters became NaN or infinite when round 1 was averaged"),
        message);
  }

  @Test
  void lossThatExplodes_isWarnedOfOnce_andFailsTheRunAtItsEnd() {
    Clusters run =
        new Clusters(
            Clusters.network("{output: {loss: meanSquared}}"),
            Clusters.training(1, 1, 1, new Sgd(20.0)),
            10,
            List.of(80));
    List<String> warnings = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {

          @Override
          public void warned(int rounds, String sentence) {
            warnings.add(sentence);
          }
        };
    String message = assertThrows(Diverged.class, () -> run.train(sc(), listener)).getMessage();
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .get(0)
            .matches("the loss is .*, more than a hundred times what it was in the first step .*"),
        warnings::toString);
    assertTrue(message.startsWith("the training has diverged: the loss is "), message);
  }

  @Test
  void earlyStopping_endsTheRun_andKeepsTheBestModel() {
    TrainingPlan plan =
        new PlanOf(2, 5, 50, new Adam(0.05, null, null, null))
            .earlyStopping(new EarlyStopping("loss", 2, null))
            .plan();
    Clusters run = new Clusters(Clusters.network(Clusters.DENSE), plan, 10, List.of(30, 30));
    List<EpochReport> epochs = new ArrayList<>();
    Trained trained = run.train(sc(), listener(new ArrayList<>(), epochs));

    assertTrue(trained.epochs() < 50, "stopped after " + trained.epochs());
    int best = trained.epochs() - 3;
    assertTrue(epochs.get(best).best());
    assertEquals(
        epochs.stream().mapToDouble(TrainingSparkTest::validationLoss).min().orElseThrow(),
        validationLoss(epochs.get(best)));
    Clusters shorter =
        new Clusters(
            run.plan(),
            new PlanOf(2, 5, best + 1, new Adam(0.05, null, null, null)).plan(),
            10,
            List.of(30, 30));
    assertEquals(shorter.train(sc()).state(), trained.state());
  }

  private static double validationLoss(EpochReport report) {
    return report.validation().orElseThrow().loss();
  }

  private static TrainingListener rounds(java.util.function.Consumer<RoundReport> onRound) {
    return new TrainingListener() {
      @Override
      public void round(RoundReport report) {
        onRound.accept(report);
      }
    };
  }

  private static TrainingListener listener(List<RoundReport> rounds, List<EpochReport> epochs) {
    return new TrainingListener() {
      @Override
      public void round(RoundReport report) {
        rounds.add(report);
      }

      @Override
      public void epoch(EpochReport report) {
        epochs.add(report);
      }
    };
  }
}
