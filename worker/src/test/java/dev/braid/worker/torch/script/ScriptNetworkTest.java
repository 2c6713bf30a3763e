package dev.braid.worker.torch.script;

import static dev.braid.worker.torch.script.ScriptRuns.ROUNDING;
import static dev.braid.worker.torch.script.ScriptRuns.SIZE;
import static dev.braid.worker.torch.script.ScriptRuns.STEPS;
import static dev.braid.worker.torch.script.ScriptRuns.doubles;
import static dev.braid.worker.torch.script.ScriptRuns.first;
import static dev.braid.worker.torch.script.ScriptRuns.read;
import static dev.braid.worker.torch.script.ScriptRuns.train;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.StepContext;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.Momentum;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.Clipping;
import dev.braid.worker.optimizer.rule.Regularisation;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that PyTorch has written, and what is odd in them (script_training.py). */
class ScriptNetworkTest {
  private static final Shape IMAGE = Shape.of(1, 8, 8);
  private static final List<Target> THREE_CLASSES = List.of(Target.ofClasses(3));

  @TempDir private static Path folder;

  @BeforeAll
  static void make() throws Exception {
    python("make", "" + folder);
  }

  private static String python(String... arguments) throws Exception {
    return PyTorch.run("script_training.py", arguments);
  }

  private static Start start(String name) {
    return new ScriptSection("" + folder.resolve(name), null).start(ScriptRuns::read);
  }

  private static ScriptPlan plan(Start start) {
    return (ScriptPlan) start.network().plan(Map.of("in", IMAGE), THREE_CLASSES);
  }

  /** The state after the steps, and the losses on the way. */
  private static State train(Start start, UpdateRule rule, double[] losses) {
    ScriptPlan plan = plan(start);
    try (Replica replica = plan.replicas(rule).create()) {
      return train(replica, first(start, plan, rule), losses);
    }
  }

  private static MiniBatch batch(int step) {
    return ScriptRuns.batch(step, IMAGE);
  }

  private static State train(Replica replica, State first, double[] losses) {
    return ScriptRuns.train(replica, first, IMAGE, losses);
  }

  private static void assertAnswers(JsonNode theirs, float[] ours) {
    assertArrayEquals(
        IntStream.range(0, theirs.size()).mapToDouble(i -> theirs.get(i).asDouble()).toArray(),
        doubles(ours),
        ROUNDING);
  }

  private static UpdateRule sgd() {
    return new UpdateRule(new Sgd(0.1));
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
        List.of(
            "norm.running_mean MEAN", "norm.running_var VARIANCE", "norm.num_batches_tracked MEAN"),
        plan.layout().statistics().stream().map(s -> s.name() + " " + s.role()).toList());
  }

  @Test
  void tracedModule_hasItsTwoModesBack() {
    double[] losses = new double[STEPS];
    Start scripted = start("scripted.pt");
    State expected = train(scripted, sgd(), losses);
    State actual = train(start("traced.pt"), sgd(), losses);
    assertEquals(expected.params(), actual.params());
    int count = 8; // behind means and variances: mini-batches, which tracing in eval() leaves out
    assertEquals(STEPS, expected.statistics().get(count));
    for (int i = 0; i < count; i++) {
      assertEquals(expected.statistics().get(i), actual.statistics().get(i));
    }
    assertNotEquals(scripted.weights().orElseThrow().statistics(), actual.statistics());
  }

  @Test
  void dropout_isTheStepsOwn_whateverElseRuns() {
    for (String name : List.of("dropout.pt", "dropout-traced.pt", "recurrent-dropout.pt")) {
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
  void dropoutOfRecurrentLayers_isTheSteps_alsoWhereTracingWroteTheModeDown() {
    State scripted = train(start("recurrent-dropout.pt"), sgd(), new double[STEPS]);
    State again = train(start("recurrent-dropout.pt"), sgd(), new double[STEPS]);
    State traced = train(start("recurrent-dropout-traced.pt"), sgd(), new double[STEPS]);
    assertEquals(scripted.params(), again.params());
    assertEquals(scripted.params(), traced.params());
  }

  @Test
  void whatAParameterSharesItsMemoryWith_isRefused_whereGradientsWouldBeLost() {
    assertSays(
        "'turned' of the TorchScript module is a view of parameter 'head.weight'",
        () -> start("ViewWithGradient.pt"));
    assertSays(
        "parameters 'head.weight' and 'other.weight' of the TorchScript module lie in the same"
            + " memory without being one parameter",
        () -> start("TwoInOneMemory.pt"));
    assertSays(
        "'whole' of the TorchScript module shares a part of its memory with parameter 'shift'",
        () -> start("PartOfABuffer.pt"));
  }

  @Test
  void whatChangesButIsNoBuffer_isRefused() {
    assertSays("the TorchScript module changes [calls]", () -> plan(start("Counting.pt")));
    assertSays("the TorchScript module changes [head.weight]", () -> plan(start("Clamped.pt")));
    assertSays(
        "puts a tensor of [3] in the place of 'seen' of [1]", () -> plan(start("Growing.pt")));
    assertSays("depends on none of its parameters", () -> plan(start("Constant.pt")));
    assertSays(
        "was traced with momentum=None (or 0 or 1)", () -> start("CumulativeNorm-traced.pt"));
  }

  @Test
  void parametersWithoutGradient_areNamed() {
    assertEquals(List.of(), plan(start("scripted.pt")).warnings());
    List<String> warnings = plan(start("Stray.pt")).warnings();
    assertEquals(2, warnings.size(), warnings.toString());
    assertTrue(
        warnings.get(0).contains("does not depend on spare.weight, spare.bias:"),
        warnings.toString());
    assertTrue(warnings.get(1).startsWith("shifts.0 of the"), warnings.toString());
  }

  @Test
  void parameterWithoutGradient_isLeftByWeightDecayAndMomentum() {
    Start start = start("Stray.pt");
    ScriptPlan plan = plan(start);
    UpdateRule rule =
        new UpdateRule(
            new Momentum(0.1, 0.9), null, new Regularisation(0.01, 0.1), new Clipping.None());
    State first = first(start, plan, rule);
    first.slots().get(0).copyFrom(first.params()); // as if it had moved before
    State after;
    try (Replica replica = plan.replicas(rule).create()) {
      after = train(replica, first, new double[STEPS]);
    }
    for (Segment segment : plan.layout().params()) {
      boolean moves = !segment.name().startsWith("spare");
      assertEquals(
          moves,
          first.params().get(segment.offset()) != after.params().get(segment.offset()),
          segment.name());
      assertEquals(
          moves,
          first.slots().get(0).get(segment.offset()) != after.slots().get(0).get(segment.offset()),
          segment.name());
    }
  }

  @Test
  void answers_dependOnTheQuestionAlone() throws IOException {
    ScriptPlan plan = plan(start("Remembering.pt"));
    assertEquals(Set.of("last", "count"), plan.changing());
    State weights = start("Remembering.pt").weights().orElseThrow();
    weights.statistics().set(3, 2); // the count
    try (ScriptNetwork network = new ScriptNetwork(plan)) {
      network.loadParams(weights.params());
      network.loadStatistics(weights.statistics());
      float[] first = network.output(batch(0))[0];
      assertArrayEquals(first, network.output(batch(0))[0]);
      assertArrayEquals(first, network.score(batch(0)).outputs()[0]);
    }
    ForeignSettings settings = new ForeignSettings(List.of(1, 8, 8), null, null, null);
    try (LoadedModel model =
            ModelBytes.load(read("" + folder.resolve("Remembering.pt")), settings);
        Predictor predictor = model.predictor()) {
      float[] first = predictor.answer(MiniBatch.unlabelled(SIZE, batch(0).inputs()[0]))[0];
      assertArrayEquals(
          first, predictor.answer(MiniBatch.unlabelled(SIZE, batch(0).inputs()[0]))[0]);
    }
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
                    Tasks.named("classification"), 1, List.of("red", "green", "blue"))),
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
      assertAnswers(theirs, predictor.answer(MiniBatch.unlabelled(SIZE, batch(0).inputs()[0]))[0]);
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
    assertSays("not TorchScript but a module pickled by torch.save", () -> start("legacy.pt"));
    assertSays(
        "a pickle of torch.save with tensors alone, such as a state_dict",
        () -> start("state_dict.pt"));
    assertSays(
        "a pickle of torch.save with tensors alone, such as a state_dict",
        () -> start("checkpoint.pt"));
    assertSays("write the module after model.float()", () -> start("double.pt"));
    assertSays(
        "the TorchScript module does not take examples of [1, 5, 5]",
        () -> start("scripted.pt").network().plan(Map.of("in", Shape.of(1, 5, 5)), THREE_CLASSES));
    assertSays(
        "gives 4 numbers an example, but the data has 3 classes", () -> plan(start("four.pt")));
    assertSays(
        "gives [3] and needs 3 numbers in an example's label, but the data has 2",
        () ->
            start("scripted.pt").network().plan(Map.of("in", IMAGE), List.of(Target.ofNumbers(2))));
    assertSays(
        "has one output, but the data has labels for 2",
        () ->
            start("scripted.pt")
                .network()
                .plan(Map.of("in", IMAGE), List.of(Target.ofClasses(3), Target.ofClasses(3))));
  }

  @Test
  void whatCannotBeAsked_isSaidWithItsCause() throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("exported.pt2")))) {
      for (String name : List.of("net/archive_format", "net/models/model.json")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("pt2".getBytes(StandardCharsets.UTF_8));
      }
    }
    assertSays("a program of torch.export (.pt2)", () -> ask("exported.pt2", List.of(1, 8, 8)));
    assertSays("a pickle of torch.save with tensors", () -> ask("state_dict.pt", List.of(64)));
    assertSays("a pickle of torch.save with tensors", () -> ask("checkpoint.pt", List.of(64)));
    assertSays("a module pickled by torch.save", () -> ask("pickled.pt", List.of(64)));
    assertSays("a module pickled by torch.save", () -> ask("legacy.pt", List.of(64)));
    assertSays("its parameters are of type Double", () -> ask("double.pt", List.of(1, 8, 8)));
    assertSays("its parameters are of type BFloat16", () -> ask("bfloat16.pt", List.of(1, 8, 8)));
    assertSays(
        "does not fit foreign.inputShape [1, 5, 5]: libtorch failed in the module: mat1 and mat2"
            + " shapes cannot be multiplied",
        () -> ask("scripted.pt", List.of(1, 5, 5)));
    assertSays("in its line: ", () -> ask("scripted.pt", List.of(1, 5, 5)));
  }

  private static void ask(String name, List<Integer> shape) {
    ForeignSettings settings = new ForeignSettings(shape, null, null, null);
    ModelBytes.load(read("" + folder.resolve(name)), settings).close();
  }

  private static void assertSays(String words, Runnable work) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, work::run);
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }

  @Test
  void numbers_areLearnedByTheMeanSquaredError() {
    Start start = start("number.pt");
    ScriptPlan plan =
        (ScriptPlan) start.network().plan(Map.of("in", IMAGE), List.of(Target.ofNumbers(1)));
    double[] losses = new double[100];
    try (Replica replica = plan.replicas(new UpdateRule(new Sgd(0.01))).create()) {
      replica.load(first(start, plan, sgd()));
      for (int i = 0; i < losses.length; i++) {
        losses[i] = replica.step(batch(0), new StepContext(0, i, i, i, 1));
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
