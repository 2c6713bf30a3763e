package dev.braid.worker.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Adaptation;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.network.Start;
import dev.braid.worker.network.Target;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferAdapterTest {
  private static final String HEAD = "head: [{output: {loss: 'crossEntropy'}}]";

  /** A learned network for three classes: every number of it differs from a first one. */
  private static Model base() {
    ModelDescription description =
        new ModelDescription(
            Networks.of(
                "convolution: {filters: 3, kernel: 3}",
                "batchNorm: {}",
                "flatten: {}",
                "dense: {units: 5, activation: 'relu'}",
                "output: {loss: 'crossEntropy'}"),
            List.of(new ModelDescription.Input("input", Shape.of(2, 4, 4), Normaliser.NONE)),
            List.of(
                new ModelDescription.Labels(
                    Tasks.named("classification"), 1, List.of("a", "b", "c"))),
            new ModelDescription.Provenance("0.1.0", 42, "00ff", 3, 17, 12000));
    State state = description.plan().initialState(7);
    fill(state.params(), 100);
    fill(state.statistics(), 500);
    return new Model(description, state.params(), state.statistics());
  }

  private static void fill(Blocks values, float from) {
    for (int i = 0; i < values.size(); i++) {
      values.set(i, from + i);
    }
  }

  private static TransferPlan plan(String settings) {
    return Networks.readAs("{model: 'model.zip', " + settings + "}", TransferPlan.class);
  }

  private static NetworkPlan adapted(Start start, int classes) {
    return (NetworkPlan)
        start
            .network()
            .plan(Map.of("input", Shape.of(2, 4, 4)), List.of(Target.ofClasses(classes)));
  }

  private static float[] values(List<Segment> segments, Blocks vector, String name) {
    Segment segment =
        segments.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    float[] values = new float[(int) segment.size()];
    vector.read(segment.offset(), values, values.length);
    return values;
  }

  @Test
  void newHead_keepsWhatWasLearned_andBeginsItselfAnew() {
    Start start = TransferAdapter.start(plan(HEAD), base());
    NetworkPlan adapted = adapted(start, 7);
    assertEquals(7, adapted.outputs().get(0).numUnits());
    State state = start.adaptation().orElseThrow().weights(adapted, 3);
    State first = adapted.initialState(3);

    // 3 x 2 x 3 x 3 weights and 3 biases, twice 3 of the norm, 5 x 12 weights and 5 biases are
    // kept.
    List<Segment> params = adapted.layout().params();
    assertEquals(100, values(params, state.params(), "convolution1.weight")[0]);
    assertEquals(100 + 54 + 3 + 6 + 60 + 4, values(params, state.params(), "dense1.bias")[4]);
    assertEquals(500, state.statistics().get(0));
    assertEquals(
        values(params, first.params(), "output1.weight")[34],
        values(params, state.params(), "output1.weight")[34]);
  }

  @Test
  void cut_byNameOrByNumber_isTheSame() {
    Start byName = TransferAdapter.start(plan("cut: {after: 'flatten1'}, " + HEAD), base());
    Start byNumber = TransferAdapter.start(plan("cut: {last: 2}, " + HEAD), base());
    assertEquals(byName.network(), byNumber.network());
    List<String> names = new ArrayList<>();
    adapted(byName, 2).layers().forEach(layer -> names.add(layer.node().name()));
    assertEquals(List.of("convolution1", "batchNorm1", "flatten1", "output1"), names);
  }

  @Test
  void reset_beginsALayerAnew_andOnlyThat() {
    Start start = TransferAdapter.start(plan("reset: 'dense1', " + HEAD), base());
    NetworkPlan adapted = adapted(start, 3);
    State state = start.adaptation().orElseThrow().weights(adapted, 3);
    List<Segment> params = adapted.layout().params();
    assertTrue(Math.abs(values(params, state.params(), "dense1.weight")[0]) < 3);
    assertEquals(100, values(params, state.params(), "convolution1.weight")[0]);
  }

  @Test
  void withoutHead_allIsKept() {
    Start start = TransferAdapter.start(plan("freeze: {upTo: 'flatten1'}"), base());
    State state = start.adaptation().orElseThrow().weights(adapted(start, 3), 3);
    assertEquals(base().params(), state.params());
    assertEquals(base().statistics(), state.statistics());
  }

  @Test
  void rates_joinFreezingUnfreezingAndFactors() {
    Start start =
        TransferAdapter.start(
            plan(
                "freeze: {upTo: 'flatten1', unfreeze: [{epoch: 3, layers: 'batchNorm1'}]},"
                    + " rates: [{layers: ['batchNorm1', 'dense1'], factor: 0.1}], "
                    + HEAD),
            base());
    LayerRates rates = start.adaptation().orElseThrow().rates(adapted(start, 3));
    assertEquals(Set.of("convolution1", "batchNorm1", "flatten1"), rates.frozen(0));
    assertEquals(rates.frozen(0), rates.frozen(1));
    assertEquals(Set.of("convolution1", "flatten1"), rates.frozen(2));
    assertEquals(Set.of("convolution1", "flatten1"), rates.frozenForever());
    assertEquals(new LayerRates.Rate(0.1, 2), rates.of("batchNorm1"));
    assertEquals(new LayerRates.Rate(0.1, 0), rates.of("dense1"));
    assertEquals(LayerRates.Rate.PLAIN, rates.of("output1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cut: {after: 'flaten1'}, HEAD | transfer.cut.after: there is no layer 'flaten1'; did you"
            + " mean 'flatten1'?; the layers are convolution1, batchNorm1, flatten1, dense1,"
            + " output1",
        "cut: {last: 5}, HEAD | transfer.cut: of the model's 5 layers at least one must be kept and"
            + " one removed",
        "cut: {after: 'output1'}, HEAD | transfer.cut: of the model's 5 layers at least one must be"
            + " kept and one removed",
        "freeze: {upTo: 'dense2'}, HEAD | transfer.freeze.upTo: there is no layer 'dense2'; did you"
            + " mean 'dense1'?; the layers are convolution1, batchNorm1, flatten1, dense1, output1",
        "reset: ['conv'], HEAD | transfer.reset: there is no layer 'conv'; the layers are"
            + " convolution1, batchNorm1, flatten1, dense1, output1",
        "freeze: {upTo: 'output1'}, HEAD | transfer.freeze: every layer with weights is frozen in"
            + " the first epoch; nothing would be learned",
        "freeze: {unfreeze: [{epoch: 2, layers: 'dense1'}]}, HEAD | transfer.freeze.unfreeze: layer"
            + " 'dense1' is not frozen, or is unfrozen twice",
      })
  void mistakes_areNamed(String settings, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> adapt(settings.replace("HEAD", HEAD)));
    assertEquals(message, e.getMessage());
  }

  private static void adapt(String settings) {
    Start start = TransferAdapter.start(plan(settings), base());
    NetworkPlan adapted = adapted(start, 3);
    start.adaptation().orElseThrow().weights(adapted, 3);
    start.adaptation().orElseThrow().rates(adapted);
  }

  @Test
  void headThatDoesNotFit_isRefused_withBothShapes() {
    Start start = TransferAdapter.start(plan("cut: {after: 'batchNorm1'}, " + HEAD), base());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> adapted(start, 3));
    assertTrue(e.getMessage().contains("'batchNorm1' [3, 2, 2]"), e.getMessage());
  }

  @Test
  void otherClasses_withoutHead_areRefused() {
    Start start = TransferAdapter.start(plan("freeze: {layers: 'dense1'}"), base());
    NetworkPlan adapted = adapted(start, 4);
    Adaptation adaptation = start.adaptation().orElseThrow();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> adaptation.weights(adapted, 3));
    assertTrue(e.getMessage().contains("output1.weight has shape [3, 5]"), e.getMessage());
    assertNotEquals(base().params().size(), adapted.layout().numParams());
  }

  @Test
  void sharedLayer_isOneLayer_whateverItIsCalled() {
    String network =
        "network: {layers: [{dense: {units: 32, name: 'a', from: 'flat'}}, {dense: {units: 32,"
            + " name: 'b', weights: {of: 'a'}}}]}";
    String layers = network.replace("[{dense", "[{flatten: {name: 'flat'}}, {dense");
    String settings = ", " + HEAD + ", freeze: {layers: 'b'}";
    TransferPlan plan = Networks.readAs("{" + layers + settings + "}", TransferPlan.class);
    Start start = TransferAdapter.start(plan, LearnedWeights.NONE);
    NetworkPlan adapted = adapted(start, 3);

    LayerRates rates = start.adaptation().orElseThrow().rates(adapted);

    assertEquals(Set.of("a"), rates.frozenForever());
    assertEquals(32 * 33 + 3 * 33, adapted.layout().numParams());
  }

  @Test
  void resetOfASharedLayer_beginsItAnewInAllPlaces() {
    TransferPlan plan =
        Networks.readAs(
            "{network: {layers: [{flatten: {}}, {dense: {units: 32, name: 'a'}}, {dense: {units:"
                + " 32, name: 'b', weights: {of: 'a'}}}]}, reset: 'b', "
                + HEAD
                + "}",
            TransferPlan.class);
    LearnedWeights ones =
        (network, layer, parameter) -> {
          float[] values = new float[(int) parameter.size()];
          Arrays.fill(values, 1);
          return Optional.of(values);
        };
    Start start = TransferAdapter.start(plan, plan.network(), ones, Optional.empty());
    NetworkPlan adapted = adapted(start, 3);

    State state = start.adaptation().orElseThrow().weights(adapted, 3);

    assertEquals(adapted.initialParams(3), state.params());
  }

  @Test
  void layerThatSharesPart_cannotLearnOtherwiseThanTheOther() {
    TransferPlan plan =
        Networks.readAs(
            "{network: {layers: [{flatten: {}}, {dense: {units: 32, bias: false, name: 'a'}},"
                + " {output: {loss: 'crossEntropy', units: 32, name: 'b', weights: {of: 'a'}}}]},"
                + " rates: [{layers: 'b', factor: 0.1}]}",
            TransferPlan.class);
    Start start = TransferAdapter.start(plan, LearnedWeights.NONE);
    NetworkPlan adapted = adapted(start, 32);
    Adaptation adaptation = start.adaptation().orElseThrow();

    String refusal =
        assertThrows(IllegalArgumentException.class, () -> adaptation.rates(adapted)).getMessage();

    assertTrue(refusal.contains("layer 'b' has weights of layer 'a'"), refusal);
  }
}
