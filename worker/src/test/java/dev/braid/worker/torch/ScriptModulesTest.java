package dev.braid.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Moment;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.model.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.UpdateRule;
import dev.braid.worker.random.Counter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Modules of many kinds, scripted and traced by PyTorch (script_modules.py), trained here and by
 * PyTorch's own loop on the same batches.
 */
class ScriptModulesTest {
  private static final int SIZE = 8;
  private static final int STEPS = 5;

  /** Another release of libtorch adds the same floats in another order. */
  private static final double ROUNDING = 1e-5;

  private static final Map<String, UpdateRule> RULES =
      Map.of(
          "sgd", new UpdateRule(new Sgd(0.1)),
          "adam", new UpdateRule(new Adam(0.01, null, null, null)));

  @TempDir private static Path folder;

  private static JsonNode trained;

  @BeforeAll
  static void make() throws Exception {
    PyTorch.run("script_modules.py", "make", "" + folder);
    trained = new ObjectMapper().readTree(folder.resolve("trained.json").toFile());
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      List<String> names =
          paths.map(path -> "" + path.getFileName()).filter(name -> name.endsWith(".pt")).toList();
      assertTrue(names.size() > 40, "modules are missing: " + names);
      return names.stream().sorted().toList();
    }
  }

  private static String module(String file) {
    return file.substring(0, file.indexOf('-'));
  }

  private static Start start(String file) {
    return new ScriptSection("" + folder.resolve(file), null).start(ScriptModulesTest::read);
  }

  private static byte[] read(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Shape shape(String file) {
    JsonNode sizes = trained.get(module(file)).get("shape");
    return new Shape(
        StreamSupport.stream(sizes.spliterator(), false).map(JsonNode::asInt).toList());
  }

  private static ScriptPlan plan(Start start, Shape shape) {
    return (ScriptPlan) start.network().plan(Map.of("in", shape), List.of(Target.ofClasses(3)));
  }

  private static MiniBatch batch(int step, Shape shape) {
    float[] x = new float[SIZE * shape.size()];
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

  private static State train(
      ScriptPlan plan, State first, Shape shape, UpdateRule rule, double[] losses) {
    try (Replica replica = plan.replicas(rule).create()) {
      replica.load(first);
      for (int i = 0; i < STEPS; i++) {
        losses[i] = replica.step(batch(i, shape), new Moment(0, i, i, Counter.key(7, i), 1));
      }
      State after = replica.newState();
      replica.read(after);
      return after;
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void module_isTrainedAsByPyTorch(String file) {
    Shape shape = shape(file);
    Start start = start(file);
    ScriptPlan plan = plan(start, shape);
    RULES.forEach(
        (optimizer, rule) -> {
          if (module(file).equals("Branches") && optimizer.equals("adam")) {
            return; // Adam counts the run's steps here, and those of each parameter in PyTorch
          }
          JsonNode theirs = trained.get(module(file)).get(optimizer);
          double[] losses = new double[STEPS];
          State ours = train(plan, first(start, plan, rule), shape, rule, losses);
          assertNear(theirs.get("losses"), losses, optimizer + " losses");
          assertTensors(plan.layout().params(), ours.params(), theirs.get("state"), optimizer);
          assertTensors(
              plan.layout().statistics(), ours.statistics(), theirs.get("state"), optimizer);
          try (ScriptNetwork network = new ScriptNetwork(plan)) {
            network.loadParams(ours.params());
            network.loadStatistics(ours.statistics());
            assertNear(
                theirs.get("answer"),
                doubles(network.output(batch(0, shape))[0]),
                optimizer + " answer");
          }
        });
  }

  private static void assertTensors(
      List<Segment> segments, Blocks ours, JsonNode theirs, String optimizer) {
    for (Segment segment : segments) {
      float[] numbers = new float[(int) segment.size()];
      ours.read(segment.offset(), numbers, numbers.length);
      assertNear(theirs.path(segment.name()), doubles(numbers), optimizer + " " + segment.name());
    }
  }

  private static double[] doubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = numbers[i];
    }
    return doubles;
  }

  private static void assertNear(JsonNode theirs, double[] ours, String what) {
    List<Double> expected = new ArrayList<>();
    theirs.forEach(number -> expected.add(number.asDouble()));
    assertArrayEquals(
        expected.stream().mapToDouble(Double::doubleValue).toArray(), ours, ROUNDING, what);
  }

  @Test
  void trainedModules_answerInPyTorchAsHere() throws Exception {
    Path out = Files.createDirectory(folder.resolve("written"));
    UpdateRule rule = RULES.get("adam");
    Map<String, double[]> ours = new HashMap<>();
    for (String file : files()) {
      Shape shape = shape(file);
      Start start = start(file);
      ScriptPlan plan = plan(start, shape);
      State state = train(plan, first(start, plan, rule), shape, rule, new double[STEPS]);
      try (OutputStream written = Files.newOutputStream(out.resolve(file))) {
        plan.write(state, written);
      }
      try (ScriptNetwork network = new ScriptNetwork(plan)) {
        network.loadParams(state.params());
        network.loadStatistics(state.statistics());
        ours.put(file.replace(".pt", ""), doubles(network.output(batch(0, shape))[0]));
      }
    }
    JsonNode theirs =
        new ObjectMapper().readTree(PyTorch.run("script_modules.py", "answer", "" + out));
    ours.forEach((name, answer) -> assertNear(theirs.get("answers").path(name), answer, name));
    assertTrue(theirs.get("same").asBoolean(), "the LSTM's list holds other tensors");
  }
}
