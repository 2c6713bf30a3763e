package dev.braid.driver.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.Averaging;
import dev.braid.driver.plan.LocalSteps;
import dev.braid.driver.plan.OptimizerState;
import dev.braid.driver.plan.Route;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.driver.training.Clusters;
import dev.braid.driver.training.PlanOf;
import dev.braid.driver.training.RoundReport;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.TrainingListener;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExchangeSparkTest {
  private static final Adam ADAM = new Adam(0.02, null, null, null);

  private static JavaSparkContext sc() {
    return JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
  }

  private static Clusters run(String layers, Averaging averaging) {
    TrainingPlan plan = new PlanOf(4, new LocalSteps.Fixed(3), 2, ADAM).averaging(averaging).plan();
    NetworkPlan network = Clusters.network(layers);
    return new Clusters(network, plan, 10, List.of(77, 50, 23, 5));
  }

  /** The state and all that was measured on the way. */
  private static List<Object> result(Clusters run) {
    List<Object> result = new ArrayList<>();
    TrainingListener notes =
        new TrainingListener() {
          @Override
          public void round(RoundReport report) {
            result.add(
                List.of(
                    report.pass().loss(),
                    report.divergence().spread(),
                    report.divergence().cosine()));
          }
        };
    result.add(run.train(sc(), notes).state());
    return result;
  }

  /** Small: one chunk a vector. Wide: 300,000 parameters, several chunks. */
  private static final String WIDE =
      "{dense: {units: 2000, activation: relu}}, {dense: {units: 150}}, {batchNorm: {}}, "
          + "{output: {loss: crossEntropy}}";

  @ParameterizedTest
  @EnumSource(WireFormat.class)
  void direct_andSliced_giveTheSameBits(WireFormat transfer) {
    for (String engine : Clusters.ENGINES) {
      for (String layers : List.of(Clusters.NORMALISED, WIDE)) {
        assertEquals(
            result(run(layers, averaging(Route.DIRECT, transfer)).on(engine)),
            result(run(layers, averaging(Route.SLICED, transfer)).on(engine)),
            engine);
      }
    }
  }

  private static Averaging averaging(Route route, WireFormat transfer) {
    return new Averaging(null, null, route, null, transfer);
  }

  @Test
  void auto_choosesBySize() {
    assertTrue(new Averaging(null, null, null, 1, null).isSliced(1_000_001));
    assertTrue(!new Averaging(null, null, null, 1, null).isSliced(1_000_000));
    assertTrue(!new Averaging(null, OptimizerState.KEPT, null, 0, null).isSliced(1));
  }

  @Test
  void slices_areManyEnough_andNotTooMany() {
    assertEquals(1 << 18, SlicedExchange.chunkSize(zeros(430_000, 2)));
    assertEquals(1 << 20, SlicedExchange.chunkSize(zeros(100_000_000, 0)));
  }

  private static State zeros(long params, int slots) {
    List<Blocks> all = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      all.add(Blocks.zeros(params));
    }
    return new State(Blocks.zeros(params), all, Blocks.zeros(0));
  }

  @ParameterizedTest
  @EnumSource(OptimizerState.class)
  void optimizerState_matters_andTrains(OptimizerState kind) {
    Clusters run = run(Clusters.DENSE, new Averaging(null, kind, null, null, null));
    Trained trained = run.train(sc());
    if (kind != OptimizerState.AVERAGED) {
      assertNotEquals(
          run(Clusters.DENSE, null).train(sc()).state().params(), trained.state().params());
    }
    assertTrue(lossOf(run, trained.state()) < 0.8 * lossOf(run, run.initial()));
  }

  @Test
  void optimizerWithoutState_doesNotCareWhatBecomesOfIt() {
    List<Object> results = new ArrayList<>();
    for (OptimizerState kind : OptimizerState.values()) {
      Averaging averaging = new Averaging(null, kind, null, null, null);
      Clusters run = run(Clusters.DENSE, averaging);
      TrainingPlan sgd =
          new PlanOf(4, new LocalSteps.Fixed(3), 2, new Sgd(0.1)).averaging(averaging).plan();
      results.add(new Clusters(run.plan(), sgd, 10, run.shardSizes()).train(sc()).state());
    }
    assertEquals(results.get(0), results.get(1));
    assertEquals(results.get(0), results.get(2));
  }

  @Test
  void oneWorker_withKeptState_equalsAveragedState() {
    List<State> states = new ArrayList<>();
    for (OptimizerState kind : List.of(OptimizerState.AVERAGED, OptimizerState.KEPT)) {
      TrainingPlan plan =
          new PlanOf(1, new LocalSteps.Fixed(3), 2, ADAM)
              .averaging(new Averaging(null, kind, null, null, null))
              .plan();
      Clusters run = new Clusters(Clusters.network(Clusters.DENSE), plan, 10, List.of(95));
      states.add(run.train(sc()).state().withoutSlots());
    }
    assertEquals(states.get(0), states.get(1));
  }

  private static double lossOf(Clusters run, State state) {
    try (Shards shards = SmallShards.of(sc(), List.of(Clusters.shard(200, 99)))) {
      return Evaluation.run(sc(), shards, state, run.spec(), run.blank()).loss();
    }
  }

  @Test
  void kept_cannotGoThroughSlices() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new Averaging(null, OptimizerState.KEPT, Route.SLICED, null, null))
            .getMessage();
    assertTrue(message.contains("optimizerState"), message);
  }
}
