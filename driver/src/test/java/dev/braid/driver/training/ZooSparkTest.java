package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.evaluation.Evaluation;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.dl4j.zoo.Zoo;
import dev.braid.worker.dl4j.zoo.ZooNetwork;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Architectures of DL4J's zoo train by rounds and score, on inputs as small as they allow. */
class ZooSparkTest {
  private static final int SIZE = 2;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "LE_NET; 1,28,28; 3; 1",
        "ALEX_NET; 3,96,96; 3; 1",
        "VGG_16; 3,32,32; 3; 1",
        "RES_NET50; 3,96,96; 3; 1",
        "INCEPTION_RES_NET_V1; 3,96,96; 3; 1",
        "SQUEEZE_NET; 3,48,48; 3; 1",
        "DARKNET19; 3,64,64; 3; 1",
        "TINY_YOLO; 3,64,64; 2; 24",
        "U_NET; 3,32,32; 0; 1024",
        "TEXT_GENERATION_LSTM; 6,5; 5; 6"
      })
  void architecture_takesARoundAndScores(
      ZooNetwork name, String input, int numClasses, int labelWidth) {
    Shape shape = new Shape(Arrays.stream(input.split(",", -1)).map(Integer::valueOf).toList());
    boolean classes = labelWidth == 1 || name == ZooNetwork.TEXT_GENERATION_LSTM;
    Target target = new Target(labelWidth, classes ? numClasses : 0);
    Dl4jPlan plan =
        new Zoo(name, null, Math.max(1, numClasses)).plan(Map.of("input", shape), List.of(target));
    assertEquals(labelWidth, plan.outputs().get(0).labelWidth());

    State first = plan.initialState(7);
    State initial = new State(first.params(), plan.initialMemory(), first.statistics());
    TrainingPlan training = Clusters.training(1, 1, 1, null);
    RunSpec spec = new RunSpec(plan.replicas(Optional.empty()), List.of(Normaliser.NONE), SIZE, 7);
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
    try (Shards shards = SmallShards.of(sc, List.of(shard(plan, shape)))) {
      int before = Arrays.hashCode(initial.params().block(0));
      Trained trained =
          Training.run(
              Clusters.context(sc, training),
              new LearningTask(shards, Optional.empty(), plan.layout(), initial, spec),
              training,
              Clusters.SILENT);
      assertEquals(1, trained.work().rounds());
      assertEquals(SIZE, trained.work().examples());
      assertNotEquals(before, Arrays.hashCode(trained.state().params().block(0)));
      Evaluation scores = Evaluation.run(sc, shards, trained.state(), spec, Evaluation.blank(plan));
      assertEquals(SIZE, scores.examples());
      // An untrained ResNet50 scores NaN in plain DL4J too: weights from N(0, 0.5), and running
      // variances that are still 1, let the activations of fifty layers overflow.
      assertEquals(name != ZooNetwork.RES_NET50, Double.isFinite(scores.loss()));
    }
  }

  private static Shard shard(Dl4jPlan plan, Shape shape) {
    OutputPlan output = plan.outputs().get(0);
    SplitMix random = SplitMix.stream(3);
    float[] features = new float[SIZE * shape.size()];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble();
    }
    float[] labels = new float[SIZE * output.labelWidth()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = output.labels() == OutputPlan.Labels.NUMBERS ? 0 : random.nextInt(3);
    }
    if (plan.inputs().values().iterator().next().rank() == 3 && output.shape().rank() == 3) {
      box(labels, output.shape());
    }
    return new Shard(
        SIZE,
        new Column[] {Column.ofFloats(shape.size(), features)},
        new Column[] {Column.ofFloats(output.labelWidth(), labels)});
  }

  /** One box of class 0 in the first cell of each example. */
  private static void box(float[] labels, Shape label) {
    int cells = label.size() / label.channels();
    if (label.channels() <= 4) {
      return;
    }
    for (int example = 0; example < SIZE; example++) {
      int at = example * label.size();
      labels[at] = 0.1f;
      labels[at + cells] = 0.1f;
      labels[at + 2 * cells] = 0.9f;
      labels[at + 3 * cells] = 0.8f;
      labels[at + 4 * cells] = 1;
    }
  }
}
