package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Task;
import dev.braid.worker.engine.Moment;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.model.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.UpdateRule;
import dev.braid.worker.random.Counter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that PyTorch has written, trained here and by PyTorch's own loop on the same batches. */
class ScriptNetworkTest {
  private static final int SIZE = 8;
  private static final int STEPS = 5;

  /** Another release of libtorch adds the same floats in another order. */
  private static final double ROUNDING = 1e-5;

  private static final List<Target> THREE_CLASSES = List.of(Target.ofClasses(3));

  @TempDir private static Path folder;

  @BeforeAll
  static void make() throws Exception {
    python("make", "" + folder);
  }

  private static String python(String... arguments) throws Exception {
    Path script = Path.of(ScriptNetworkTest.class.getResource("script_training.py").toURI());
    requireTorch();
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "" + script));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), "python3 failed, see above");
      return text;
    }
  }

  private static void requireTorch() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("/usr/bin/python3", "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        abort("no PyTorch for /usr/bin/python3: install Debian's python3-torch");
      }
    } catch (IOException e) {
      abort("no /usr/bin/python3 with PyTorch: " + e.getMessage());
    }
  }

  private static byte[] read(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Start start(String name) {
    return new ScriptSection("" + folder.resolve(name), null).start(ScriptNetworkTest::read);
  }

  private static ScriptPlan plan(Start start) {
    return (ScriptPlan) start.network().plan(Map.of("in", Shape.of(1, 8, 8)), THREE_CLASSES);
  }

  private static MiniBatch batch(int step) {
    float[] x = new float[SIZE * 64];
    for (int i = 0; i < x.length; i++) {
      int k = i + step * 1000;
      x[i] = (k * 37 + k / 64 * 11) % 256 / 255f;
    }
    float[] y = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      y[i] = (i * 5 + step) % 3;
    }
    return new MiniBatch(SIZE, new float[][] {x}, new float[][] {y});
  }

  private static State first(Start start, ScriptPlan plan, UpdateRule rule) {
    State weights = start.weights().orElseThrow();
    List<Blocks> slots = State.zeros(plan.layout(), rule.numSlots()).slots();
    return new State(weights.params(), slots, weights.statistics());
  }

  /** The state after {@link #STEPS}, and the losses on the way. */
  private static State train(Start start, UpdateRule rule, double[] losses) {
    ScriptPlan plan = plan(start);
    try (Replica replica = plan.replicas(rule).create()) {
      return train(replica, first(start, plan, rule), losses);
    }
  }

  private static State train(Replica replica, State first, double[] losses) {
    replica.load(first);
    for (int i = 0; i < STEPS; i++) {
      losses[i] = replica.step(batch(i), new Moment(0, i, i, Counter.key(7, i), 1));
    }
    State after = replica.newState();
    replica.read(after);
    return after;
  }

  private static void assertEqualsPyTorch(String name, String optimizer, UpdateRule rule)
      throws Exception {
    JsonNode theirs =
        new ObjectMapper().readTree(python("train", "" + folder.resolve(name), optimizer));
    double[] losses = new double[STEPS];
    Start start = start(name);
    State ours = train(start, rule, losses);
    for (int i = 0; i < STEPS; i++) {
      assertEquals(theirs.get("losses").get(i).asDouble(), losses[i], ROUNDING, "loss " + i);
    }
    ScriptPlan plan = plan(start);
    assertTensors(plan.layout().params(), ours.params(), theirs.get("state"));
    assertTensors(plan.layout().statistics(), ours.statistics(), theirs.get("state"));
    try (ScriptNetwork network = new ScriptNetwork(plan)) {
      network.loadParams(ours.params());
      network.loadStatistics(ours.statistics());
      assertAnswers(theirs.get("answer"), network.output(batch(0))[0]);
    }
  }

  private static void assertTensors(List<Segment> segments, Blocks ours, JsonNode theirs) {
    for (Segment segment : segments) {
      JsonNode values = theirs.path(segment.name());
      assertEquals(segment.size(), values.size(), segment.name());
      for (int i = 0; i < segment.size(); i++) {
        assertEquals(
            values.get(i).asDouble(), ours.get(segment.offset() + i), ROUNDING, segment.name());
      }
    }
  }

  private static void assertAnswers(JsonNode theirs, float[] ours) {
    assertArrayEquals(
        IntStream.range(0, theirs.size()).mapToDouble(i -> theirs.get(i).asDouble()).toArray(),
        IntStream.range(0, ours.length).mapToDouble(i -> ours[i]).toArray(),
        ROUNDING);
  }

  private static UpdateRule sgd() {
    return new UpdateRule(new Sgd(0.1));
  }

  @Test
  void scriptedModule_isTrainedAsByPyTorch() throws Exception {
    assertEqualsPyTorch("scripted.pt", "sgd", sgd());
    assertEqualsPyTorch("scripted.pt", "adam", new UpdateRule(new Adam(0.01, null, null, null)));
  }

  @Test
  void layout_hasPyTorchsNames_andPoolsVariances() {
    ScriptPlan plan = plan(start("scripted.pt"));
    assertEquals(
        List.of(
            "conv.weight WEIGHT",
            "norm.weight BIAS",
            "norm.bias BIAS",
            "head.weight WEIGHT",
            "head.bias BIAS"),
        plan.layout().params().stream().map(s -> s.name() + " " + s.role()).toList());
    assertEquals(
        List.of("norm.running_mean MEAN", "norm.running_var VARIANCE"),
        plan.layout().statistics().stream().map(s -> s.name() + " " + s.role()).toList());
  }

  @Test
  void tracedModule_hasItsTwoModesBack() {
    double[] losses = new double[STEPS];
    Start scripted = start("scripted.pt");
    State expected = train(scripted, sgd(), losses);
    State actual = train(start("traced.pt"), sgd(), losses);
    assertEquals(expected.params(), actual.params());
    assertEquals(expected.statistics(), actual.statistics());
    assertNotEquals(scripted.weights().orElseThrow().statistics(), actual.statistics());
  }

  @Test
  void dropout_isTheStepsOwn_whateverElseRuns() {
    for (String name : List.of("dropout.pt", "dropout-traced.pt")) {
      State alone = train(start(name), sgd(), new double[STEPS]);
      List<State> together =
          IntStream.range(0, 4)
              .parallel()
              .mapToObj(i -> train(start(name), sgd(), new double[STEPS]))
              .toList();
      together.forEach(state -> assertEquals(alone.params(), state.params(), name));
    }
    assertNotEquals(
        train(start("scripted.pt"), sgd(), new double[STEPS]).params(),
        train(start("dropout.pt"), sgd(), new double[STEPS]).params());
  }

  @Test
  void replica_givesTheSameBits_howeverOftenItWasUsed() {
    for (String name : List.of("scripted.pt", "dropout.pt")) {
      Start start = start(name);
      ScriptPlan plan = plan(start);
      State first = first(start, plan, sgd());
      try (Replica replica = plan.replicas(sgd()).create()) {
        State once = train(replica, first, new double[STEPS]);
        for (int i = 0; i < 3; i++) {
          State again = train(replica, first, new double[STEPS]);
          assertEquals(once.params(), again.params(), name);
          assertEquals(once.statistics(), again.statistics(), name);
        }
      }
    }
  }

  private static Model model(Start start, State state) {
    ModelDescription description =
        new ModelDescription(
            start.network(),
            List.of(new ModelDescription.Input("in", Shape.of(1, 8, 8), Normaliser.NONE)),
            List.of(
                new ModelDescription.Labels(
                    Task.CLASSIFICATION, 1, List.of("red", "green", "blue"))),
            new ModelDescription.Provenance("test", 1, "", 1, 1, 1));
    return new Model(description, state.params(), state.statistics());
  }

  @Test
  void modelFile_holdsProgramAndNumbers_andPyTorchReadsTheExportedScript() throws Exception {
    Start start = start("dropout-traced.pt");
    State state = train(start, sgd(), new double[STEPS]);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelFile.write(bytes, model(start, state));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    ModelFile.write(again, model(start("dropout-traced.pt"), state));
    assertArrayEquals(bytes.toByteArray(), again.toByteArray());

    Model read = ModelFile.read(new ByteArrayInputStream(bytes.toByteArray()), bytes.size());
    assertEquals(state.params(), read.params());
    Path exported = folder.resolve("exported.pt");
    try (OutputStream out = Files.newOutputStream(exported)) {
      ((ScriptPlan) read.description().plan()).write(read.state(), out);
    }
    JsonNode theirs = new ObjectMapper().readTree(python("answer", "" + exported)).get("answer");
    try (LoadedModel loaded = ModelBytes.load(bytes.toByteArray(), ForeignSettings.NONE);
        Predictor predictor = loaded.predictor()) {
      assertAnswers(theirs, predictor.answer(SIZE, batch(0).inputs()[0]));
    }
    assertEquals(state.params(), start("exported.pt").weights().orElseThrow().params());
  }

  @Test
  void whatCannotBeTrained_isSaid() throws IOException {
    Files.writeString(folder.resolve("text.pt"), "no module at all");
    byte[] whole = read("" + folder.resolve("scripted.pt"));
    Files.write(folder.resolve("half.pt"), Arrays.copyOf(whole, whole.length / 2));
    assertSays("text.pt: not a TorchScript file that libtorch can read", () -> start("text.pt"));
    assertSays("half.pt: not a TorchScript file that libtorch can read", () -> start("half.pt"));
    assertSays(
        "in Python write the module by torch.jit.script(model).save(FILE)",
        () -> start("pickled.pt"));
    assertSays("not TorchScript but a pickle of torch.save", () -> start("legacy.pt"));
    assertSays("write the module after model.float()", () -> start("double.pt"));
    assertSays(
        "the TorchScript module does not take examples of [1, 5, 5]",
        () -> start("scripted.pt").network().plan(Map.of("in", Shape.of(1, 5, 5)), THREE_CLASSES));
    assertSays(
        "gives 4 numbers an example, but the data has 3 classes", () -> plan(start("four.pt")));
    assertSays(
        "gives [3] and needs 3 numbers in an example's label, but the data has 2",
        () ->
            start("scripted.pt")
                .network()
                .plan(Map.of("in", Shape.of(1, 8, 8)), List.of(Target.ofNumbers(2))));
    assertSays(
        "has one output, but the data has labels for 2",
        () ->
            start("scripted.pt")
                .network()
                .plan(
                    Map.of("in", Shape.of(1, 8, 8)),
                    List.of(Target.ofClasses(3), Target.ofClasses(3))));
  }

  private static void assertSays(String words, Runnable work) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, work::run);
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void numbers_areLearnedByTheMeanSquaredError() {
    Start start = start("number.pt");
    ScriptPlan plan =
        (ScriptPlan)
            start.network().plan(Map.of("in", Shape.of(1, 8, 8)), List.of(Target.ofNumbers(1)));
    double[] losses = new double[100];
    try (Replica replica = plan.replicas(new UpdateRule(new Sgd(0.01))).create()) {
      replica.load(first(start, plan, sgd()));
      for (int i = 0; i < losses.length; i++) {
        losses[i] = replica.step(batch(0), new Moment(0, i, i, i, 1));
      }
      float[] answers = replica.output(batch(0))[0];
      double sum = 0;
      for (int i = 0; i < SIZE; i++) {
        sum += Math.pow(answers[i] - batch(0).labels()[0][i], 2);
      }
      assertEquals(sum / SIZE, replica.score(batch(0)).loss(), 1e-5);
    }
    assertTrue(losses[99] < losses[0] / 4, losses[0] + " " + losses[99]);
  }
}
