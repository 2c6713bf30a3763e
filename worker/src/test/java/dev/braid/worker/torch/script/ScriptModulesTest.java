package dev.braid.worker.torch.script;

import static dev.braid.worker.torch.script.ScriptRuns.ROUNDING;
import static dev.braid.worker.torch.script.ScriptRuns.STEPS;
import static dev.braid.worker.torch.script.ScriptRuns.batch;
import static dev.braid.worker.torch.script.ScriptRuns.doubles;
import static dev.braid.worker.torch.script.ScriptRuns.first;
import static dev.braid.worker.torch.script.ScriptRuns.train;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Adam;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    return new ScriptSection("" + folder.resolve(file), null).start(ScriptRuns::read);
  }

  private static Shape shape(String file) {
    JsonNode sizes = trained.get(module(file)).get("shape");
    return new Shape(
        StreamSupport.stream(sizes.spliterator(), false).map(JsonNode::asInt).toList());
  }

  private static ScriptPlan plan(Start start, Shape shape) {
    return (ScriptPlan) start.network().plan(Map.of("in", shape), List.of(Target.ofClasses(3)));
  }

  private static State trained(
      ScriptPlan plan, State first, Shape shape, UpdateRule rule, double[] losses) {
    try (Replica replica = plan.replicas(rule).create()) {
      return train(replica, first, shape, losses);
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
            return; // see the next test
          }
          JsonNode theirs = trained.get(module(file)).get(optimizer);
          double[] losses = new double[STEPS];
          State ours = trained(plan, first(start, plan, rule), shape, rule, losses);
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

  /**
   * Adam counts the run's steps here, and those of each parameter in PyTorch: it is told of which
   * parameters the count is another. The rules without a count are the same in both.
   */
  @Test
  void parametersWithoutGradientInSomeSteps_areToldOfWhereStepsAreCounted() {
    String file = "Branches-scripted.pt";
    ScriptPlan plan = plan(start(file), shape(file));
    Map<String, Set<String>> told = new HashMap<>();
    RULES.forEach(
        (optimizer, rule) -> {
          try (Replica replica = plan.replicas(rule).create()) {
            train(replica, first(start(file), plan, rule), shape(file), new double[STEPS]);
            told.put(optimizer, replica.miscounted());
          }
        });
    Set<String> all = Set.of("low.weight", "low.bias", "high.weight", "high.bias");
    assertEquals(Map.of("sgd", Set.of(), "adam", all), told);
    ScriptPlan idle = plan(start("UnusedHead-scripted.pt"), shape("UnusedHead-scripted.pt"));
    try (Replica replica = idle.replicas(RULES.get("adam")).create()) {
      State first = first(start("UnusedHead-scripted.pt"), idle, RULES.get("adam"));
      train(replica, first, shape("UnusedHead-scripted.pt"), new double[STEPS]);
      assertEquals(Set.of(), replica.miscounted()); // those without a gradient in any step
    }
  }

  private static void assertTensors(
      List<Segment> segments, Blocks ours, JsonNode theirs, String optimizer) {
    for (Segment segment : segments) {
      float[] numbers = new float[(int) segment.size()];
      ours.read(segment.offset(), numbers, numbers.length);
      assertNear(theirs.path(segment.name()), doubles(numbers), optimizer + " " + segment.name());
    }
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
      State state = trained(plan, first(start, plan, rule), shape, rule, new double[STEPS]);
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
