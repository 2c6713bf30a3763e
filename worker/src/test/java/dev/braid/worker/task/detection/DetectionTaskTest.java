package dev.braid.worker.task.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.OutputLoss;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.LossBatch;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.MetricOptions;
import dev.braid.worker.task.Tasks;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boxes are labels, losses, answers and metrics of one task. */
class DetectionTaskTest {
  private static final List<String> CLASSES = List.of("cell", "plate");
  private static final float NONE = Float.NaN;
  private static final DetectionTask TASK = new DetectionTask();
  private static final Loss YOLO = Loss.named("yolo");

  private static OutputPlan plan(Loss loss, Shape shape) {
    return OutputPlan.of("end", 1, Output.ofRead(loss, null, "end"), shape, new Target(11, 2));
  }

  /** Two pictures without and with an object, and one without a label. */
  private static final float[] LABELS = {
    0, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 1, 1, 0.4f, 0.3f, 0.2f, 0.1f,
    NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
  };

  @ParameterizedTest
  @ValueSource(strings = {"yolo", "localisation"})
  void loss_isTheMeanOverLabelledPictures_withItsGradient(String name) {
    Loss loss = Loss.named(name);
    Shape shape = name.equals("yolo") ? Shape.of(loss.unitsFor(2), 2, 3) : Shape.of(7);
    OutputLoss output = new OutputLoss(plan(loss, shape));
    SplitMix random = SplitMix.stream(4);
    double[] x = new double[3 * shape.size()];
    Arrays.setAll(x, i -> random.nextGaussian());
    MiniBatch batch = new MiniBatch(3, new float[1][], new float[][] {LABELS});
    double value = begin(output, batch, x).backward(List.of(), List.of());
    double[] gradient = Arrays.copyOf(output.gradient(), x.length);
    assertEquals(2, output.numPresent());
    double step = 1e-6;
    for (int i = 0; i < x.length; i++) {
      double own = x[i];
      x[i] = own + step;
      double above = begin(output, batch, x).value(List.of());
      x[i] = own - step;
      double below = begin(output, batch, x).value(List.of());
      x[i] = own;
      assertEquals((above - below) / (2 * step), gradient[i], 1e-7, "at " + i);
    }
    double sum = 0;
    for (int i = 0; i < 2; i++) {
      float[] label = Arrays.copyOfRange(LABELS, i * 11, (i + 1) * 11);
      double[] own = Arrays.copyOfRange(x, i * shape.size(), (i + 1) * shape.size());
      MiniBatch one = new MiniBatch(1, new float[1][], new float[][] {label});
      sum += begin(output, one, own).value(List.of());
    }
    assertEquals(sum / 2, value, 1e-12);
  }

  private static OutputLoss begin(OutputLoss output, MiniBatch batch, double[] x) {
    double[] outputs = output.begin(batch, 0, 1, null);
    System.arraycopy(x, 0, outputs, 0, x.length);
    return output;
  }

  @Test
  void loss_ofWeightedPictures_isTheWeightedMean() {
    for (Loss loss : List.of(YOLO, Loss.named("localisation"))) {
      double[] each = new double[2];
      for (int i = 0; i < 2; i++) {
        float[] label = Arrays.copyOfRange(LABELS, i * 11, (i + 1) * 11);
        each[i] = loss.of(blank(1, loss.unitsFor(2)).labels(label, null));
      }
      LossBatch both = blank(3, loss.unitsFor(2)).labels(LABELS, new float[] {3, 1, 5});
      assertEquals((3 * each[0] + each[1]) / 4, loss.of(both), 1e-12);
    }
  }

  private static LossBatch blank(int size, int units) {
    LossBatch batch = new LossBatch();
    batch.begin(size, 1, units, null);
    return batch.image(1);
  }

  @Test
  void codec_readsAnObjectByItsClassAndPlace() {
    LabelCodec codec = TASK.codec(CLASSES);
    assertEquals(1, codec.number(BoxLabel.written("plate")));
    assertEquals(0.25f, codec.number("0.25"));
    assertEquals(1, TASK.codec(List.of("1", "0")).number(BoxLabel.written("0")));
    String refusal =
        assertThrows(WrongSettings.class, () -> codec.number(BoxLabel.written("plat")))
            .getMessage();
    assertTrue(refusal.contains("did you mean 'plate'?"), refusal);
    codec.requireWhole(Arrays.copyOf(LABELS, 11));
    codec.requireWhole(Arrays.copyOfRange(LABELS, 11, 22));
    float[] flat = {1, 0, 0.5f, 0.5f, 0, 0.5f};
    assertThrows(WrongSettings.class, () -> codec.requireWhole(flat));
    assertThrows(WrongSettings.class, () -> codec.requireWhole(new float[] {2, 0, 1, 1, 1, 1}));
  }

  /** One cell that is sure of a plate, [pc bx by bh bw cell plate]. */
  private static final float[] PLATE = {0.9f, 0.4f, 0.3f, 0.2f, 0.1f, 0, 1};

  @Test
  void metrics_countBoxes_alsoOfPicturesWithoutObjects_andMergeInAnyOrder() {
    OutputPlan plan = plan(Loss.named("localisation"), Shape.of(7));
    Detected metrics = (Detected) TASK.metrics(plan, CLASSES, MetricOptions.NONE);
    assertTrue(metrics.values().isEmpty());
    float[] answers = new float[21];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(PLATE, 0, answers, 7 * i, 7);
    }
    metrics.add(3, answers, LABELS);
    // The box in the picture without objects is as sure and wrong; the third has no label.
    double map50 = metrics.values().get("map50");
    assertEquals(1, map50, 1e-12, "by the pictures' keys the right one comes first");
    assertEquals(1, metrics.numObjects(1));
    assertTrue(Double.isNaN(metrics.averagePrecision50(0)));
    assertEquals(map50, metrics.averagePrecision50(1));

    Detected sent = (Detected) Tasks.metrics(metrics.toBytes());
    assertArrayEquals(metrics.toBytes(), sent.toBytes());
    Detected first = (Detected) TASK.metrics(plan, CLASSES, MetricOptions.NONE);
    Detected second = (Detected) TASK.metrics(plan, CLASSES, MetricOptions.NONE);
    first.add(1, PLATE, Arrays.copyOfRange(LABELS, 11, 22));
    second.add(1, PLATE, Arrays.copyOf(LABELS, 11));
    first.merge(second);
    assertArrayEquals(metrics.toBytes(), first.toBytes());
  }

  @Test
  void mistake_isTheShareWithoutAMatch_andShownAreTheBoxesThatUsersSee() {
    OutputPlan plan = plan(Loss.named("localisation"), Shape.of(7));
    Detected metrics = (Detected) TASK.metrics(plan, CLASSES, MetricOptions.NONE);
    float[] empty = Arrays.copyOf(LABELS, 11);
    float[] there = Arrays.copyOfRange(LABELS, 11, 22);
    assertEquals(1, metrics.mistake(PLATE, empty));
    assertTrue(Float.isNaN(metrics.mistake(PLATE, there)));
    float[] unsure = PLATE.clone();
    unsure[0] = 0.4f;
    assertTrue(Float.isNaN(metrics.mistake(unsure, empty)));
    float[] shown = metrics.shown(PLATE, there);
    List<ScoredBox> boxes =
        Detected.read(List.of(shown[0], shown[1], shown[2], shown[3], shown[4], shown[5]));
    assertEquals(1, boxes.get(0).label());
    assertEquals(0.9f, boxes.get(0).score());
    assertEquals(0, metrics.shown(unsure, empty).length);
  }

  @Test
  void answer_isAListOfBoxes() {
    OutputPlan plan = plan(Loss.named("localisation"), Shape.of(7));
    List<Object> answer = TASK.decoder(plan, CLASSES).answer(PLATE, 1, new AnswerDetail(0));
    List<?> box = (List<?>) ((List<?>) answer.get(0)).get(0);
    assertEquals("plate", box.get(0));
    assertEquals(0.9f, box.get(1));
    assertEquals(0.35f, (float) box.get(2), 1e-6f);
    assertEquals(0.4f, (float) box.get(5), 1e-6f);
  }

  @Test
  void loss_isWrittenWithItsSettings_andReadAgain() throws JsonProcessingException {
    JsonMapper json = new JsonMapper();
    assertEquals("\"yolo\"", json.writeValueAsString(YOLO));
    Loss own =
        json.readValue("{\"yolo\": {\"anchors\": [[0.5, 0.25]], \"background\": 2}}", Loss.class);
    assertEquals(new Yolo(List.of(new Anchor(0.5, 0.25)), null, null, 2.0), own);
    assertEquals(own, json.readValue(json.writeValueAsString(own), Loss.class));
    assertEquals(Loss.named("huber"), json.readValue("\"huber\"", Loss.class));
    assertEquals(8, own.unitsFor(3));
    for (String wrong :
        List.of(
            "{\"yolo\": {\"anchor\": [[0.5, 0.25]]}}",
            "{\"yolo\": {\"anchors\": [[0.5]]}}",
            "{\"yolo\": {\"anchors\": [[0.5, 0]]}}",
            "{\"huber\": {\"delta\": 1}}",
            "[1]")) {
      assertThrows(JsonProcessingException.class, () -> json.readValue(wrong, Loss.class), wrong);
    }
  }

  @Test
  void outputs_thatCannotBeBoxes_areRefused() {
    TASK.requireFits(plan(YOLO, Shape.of(YOLO.unitsFor(2), 4, 4)));
    Loss huber = Loss.named("huber");
    OutputPlan numbers =
        OutputPlan.of(
            "end", 1, Output.ofRead(huber, null, "end"), Shape.of(7), Target.ofNumbers(7));
    assertThrows(WrongSettings.class, () -> TASK.requireFits(numbers));
    String refusal =
        assertThrows(WrongSettings.class, () -> plan(YOLO, Shape.of(20, 4, 4))).getMessage();
    assertTrue(refusal.contains("needs 21 for the data's 2 classes"), refusal);
  }
}
