package dev.braid.worker.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan makes of {@code weights: {of: layer}}. */
class SharedWeightsPlanTest {
  private static final String OUTPUT = "output: {loss: 'crossEntropy'}";

  private static NetworkPlan plan(String... layers) {
    return Networks.plan(Shape.of(4), Target.ofClasses(3), layers);
  }

  private static List<String> names(NetworkPlan plan) {
    return plan.layout().params().stream().map(Segment::name).toList();
  }

  @Test
  void layout_countsSharedParametersOnce() {
    NetworkPlan plan =
        plan(
            "dense: {units: 4, name: 'a'}",
            "dense: {units: 4, name: 'b', weights: {of: 'a'}}",
            "dense: {units: 4, weights: {of: 'b'}}",
            OUTPUT);

    assertEquals(List.of("a.weight", "a.bias", "output1.weight", "output1.bias"), names(plan));
    assertEquals(16 + 4 + 12 + 3, plan.layout().numParams());
    assertEquals("a", plan.layers().get(2).original());
    assertEquals("{weight=a, bias=a}", plan.layers().get(2).lenders().toString());
  }

  @Test
  void initialParams_areThoseOfTheLayerThatIsShared() {
    NetworkPlan shared =
        plan(
            "dense: {units: 4, name: 'a', weights: {initialiser: 'constant(0.25)'}}",
            "dense: {units: 4, weights: {of: 'a'}}",
            OUTPUT);

    assertEquals(0.25f, shared.initialParams(1).get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dense: {units: 5, weights: {of: 'a'}} | layer 'dense2' (dense) cannot share the weights of"
            + " layer 'a' (dense): it needs weight [5, 4], bias [5], there are weight [4, 4], bias"
            + " [4]",
        "dense: {units: 4, bias: false, weights: {of: 'a'}} | it needs weight [4, 4], there are",
        "layerNorm: {weights: {of: 'a'}} | layers that share must be of one kind",
        "dense: {units: 4, weights: {of: 'aa'}} | which is no layer above it; did you mean 'a'?",
        "dense: {units: 4, weights: {of: 'input'}} | which is no layer above it",
        "dense: {units: 4, weights: {of: 'dropout1'}} | that layer has none",
        "dense: {units: 4, weights: {of: 'a', l2: 0.1}} | initialiser, l1 and l2 are said there",
        "batchNorm: {weights: {l2: 0.1}} | batchNorm takes no weights but those of another layer",
      })
  void sharing_thatCannotBe_isRefusedByName(String layer, String message) {
    String refusal =
        assertThrows(
                IllegalArgumentException.class,
                () -> plan("dense: {units: 4, name: 'a'}", "dropout: {rate: 0.1}", layer, OUTPUT))
            .getMessage();

    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void file_holdsSharedParametersOnce_andIsReadBackTheSame() throws IOException {
    Network network =
        Networks.of(
            "dense: {units: 4, name: 'a'}", "dense: {units: 4, weights: {of: 'a'}}", OUTPUT);
    ModelDescription description =
        new ModelDescription(
            network,
            List.of(new ModelDescription.Input("input", Shape.of(4), Normaliser.NONE)),
            List.of(
                new ModelDescription.Labels(
                    Tasks.named("classification"), 1, List.of("x", "y", "z"))),
            new ModelDescription.Provenance("0.1.0", 42, "00ff", 3, 17, 12000));
    State state = description.plan().initialState(7);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelFile.write(bytes, new Model(description, state.params(), state.statistics()));

    Model read =
        ModelFile.read(new ByteArrayInputStream(bytes.toByteArray()), bytes.toByteArray().length);

    assertEquals(network, read.description().network());
    assertEquals(state.params(), read.params());
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    assertTrue(text.contains("\"a.weight\"") && !text.contains("\"dense2.weight\""));
  }

  @Test
  void split_keepsAllPlacesOfALayerInOnePart() {
    NetworkPlan across =
        plan(
            "dense: {units: 4, name: 'a'}",
            "dense: {units: 4, name: 'learns'}",
            "dense: {units: 4, weights: {of: 'a'}}",
            OUTPUT);
    NetworkPlan within =
        plan(
            "dense: {units: 4, name: 'a'}",
            "dense: {units: 4, weights: {of: 'a'}}",
            "dense: {units: 4, name: 'learns'}",
            OUTPUT);

    assertEquals(Optional.empty(), Split.of(across, Set.of("a")));
    Split split = Split.of(within, Set.of("a")).orElseThrow();
    assertEquals(2, split.trunk().layers().size());
    assertEquals(20, split.trunk().layout().numParams());
    assertEquals(
        List.of("learns.weight", "learns.bias", "output1.weight", "output1.bias"),
        names(split.head()));
  }

  @Test
  void sharedLayers_mayReadDifferentInputs() {
    NetworkPlan plan =
        Networks.of(
                "dense: {units: 2, from: 'left'}",
                "dense: {units: 2, from: 'right', weights: {of: 'dense1'}}",
                "concatenate: {from: ['dense1', 'dense2']}",
                OUTPUT)
            .plan(
                new TreeMap<>(Map.of("left", Shape.of(3), "right", Shape.of(3))),
                List.of(Target.ofClasses(2)));

    assertEquals(8 + 10, plan.layout().numParams());
  }
}
