package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNames;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.OutputPlan.Labels;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Node.Source;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Walks once over a network's layers and resolves names and shapes. */
final class Planner {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  private final Map<String, Shape> inputs;
  private final List<Target> targets;
  private final Map<String, Source> values = new LinkedHashMap<>();
  private final LayerNames names = new LayerNames();
  private final Set<String> unread = new LinkedHashSet<>();
  private final List<LayerPlan> plans = new ArrayList<>();
  private final List<OutputPlan> outputs = new ArrayList<>();

  Planner(Map<String, Shape> inputs, List<Target> targets) {
    this.inputs = inputs;
    this.targets = targets;
    inputs.forEach((name, shape) -> define(new Source(name, values.size(), shape)));
  }

  NetworkPlan plan(List<Layer> layers) {
    for (Layer layer : layers) {
      String name = names.next(layer);
      Node node = new Node(name, layer.kind(), sources(name, layer));
      layer.requireReads(node);
      if (layer instanceof Output output) {
        planOutput(output, node);
      } else {
        LayerPlan plan = shared(layer.plan(node));
        plans.add(plan);
        define(new Source(name, values.size(), plan.shape()));
      }
    }
    require(
        !outputs.isEmpty(),
        "the network has no output; end it with a layer such as - output: {loss: crossEntropy}");
    require(
        targets.isEmpty() || targets.size() == outputs.size(),
        "the network has %d outputs, but the data has labels for %d",
        outputs.size(),
        targets.size());
    require(
        unread.isEmpty(),
        "no layer reads '%s'; remove it, or name it in the 'from' of the layer it is meant for",
        String.join("', '", unread));
    NetworkPlan plan = NetworkPlan.of(inputs, plans, outputs);
    require(plan.layout().numParams() > 0, "the network has no weights to train");
    return plan;
  }

  private void define(Source value) {
    require(
        NAME.matcher(value.name()).matches(),
        "'%s' cannot be the name of a layer or input: use letters, digits, _ and -",
        value.name());
    require(
        values.putIfAbsent(value.name(), value) == null,
        "two layers or inputs are called '%s'; give one another name",
        value.name());
    unread.add(value.name());
  }

  private List<Source> sources(String name, Layer layer) {
    List<String> from = layer.from() == null ? List.of(before(name)) : layer.from();
    require(!from.isEmpty(), "the 'from' of layer '%s' names no layer", name);
    List<Source> sources = new ArrayList<>();
    for (String source : from) {
      require(
          values.containsKey(source),
          "layer '%s' reads '%s', which is not above it; above are: %s",
          name,
          source,
          String.join(", ", values.keySet()));
      require(
          outputs.stream().noneMatch(output -> output.name().equals(source)),
          "layer '%s' reads the output '%s', but an output is an end; name another layer in its"
              + " 'from'",
          name,
          source);
      unread.remove(source);
      sources.add(values.get(source));
    }
    return sources;
  }

  /** The layer with the parameters of another, where its settings say so. */
  private LayerPlan shared(LayerPlan plan) {
    Weights weights = plan.layer().weights();
    if (weights == null || weights.of() == null) {
      return plan;
    }
    List<String> above = plans.stream().map(layer -> layer.node().name()).toList();
    int lender = above.indexOf(weights.of());
    require(
        lender >= 0,
        "%s has the weights of '%s', which is no layer above it%s; above are: %s",
        plan.node().describe(),
        weights.of(),
        Spelling.suggestion(weights.of(), above),
        String.join(", ", above));
    return plan.sharing(plans.get(lender));
  }

  private String before(String name) {
    require(
        !plans.isEmpty() || inputs.size() == 1,
        "layer '%s' comes first and the network has the inputs %s; say which by 'from'",
        name,
        inputs.keySet());
    List<String> names = new ArrayList<>(values.keySet());
    return names.get(names.size() - 1);
  }

  private void planOutput(Output output, Node node) {
    Target target = outputs.size() < targets.size() ? targets.get(outputs.size()) : null;
    Output settings = target == null ? output : output.withUnits(unitsFor(node, output, target));
    LayerPlan plan = shared(settings.plan(node));
    int index = values.size();
    plans.add(plan);
    define(new Source(node.name(), index, plan.shape()));
    unread.remove(node.name());
    outputs.add(OutputPlan.of(node.name(), index, settings, plan.shape(), target));
  }

  /** What the data's labels ask for: a unit per class (one for two classes, but for softmax). */
  private static int unitsFor(Node node, Output output, Target target) {
    Loss loss = output.loss();
    if (loss.isOfObjects()) {
      return loss.unitsFor(target.classes());
    }
    require(
        !loss.isOfClasses() || target.classes() > 0 || output.units() != null,
        "%s needs classes, but the data's labels are plain numbers; set its units to the number of"
            + " classes, or use another loss",
        node.describe());
    if (loss.isOfClasses() || target.classes() > 2) {
      return Math.max(1, target.classes());
    }
    Shape shape = node.shape();
    int positions = shape.isRagged() ? 1 : shape.size() / shape.channels();
    return Math.max(1, target.width() / positions);
  }

  static Labels labelsOf(Loss loss, Shape shape, Target target) {
    if (loss.isOfClasses()) {
      return Labels.CLASS_INDEX;
    }
    if (loss.isOfObjects()) {
      return Labels.OBJECTS;
    }
    boolean oneHot = target != null && target.classes() > 1 && shape.channels() > 1;
    return oneHot ? Labels.ONE_HOT : Labels.NUMBERS;
  }

  static void requireFit(OutputPlan output, Target target) {
    if (target == null) {
      return;
    }
    if (output.labels() == Labels.OBJECTS) {
      int units = output.loss().unitsFor(target.classes());
      require(
          output.numUnits() == units,
          "output '%s' has %d units, but loss %s needs %d for the data's %d classes; %s",
          output.name(),
          output.numUnits(),
          output.loss().name(),
          units,
          target.classes(),
          output.settings().projection()
              ? "leave its units out"
              : "let the layer before it have as many channels, or leave projection out");
      return;
    }
    require(
        output.labels() == Labels.NUMBERS
            ? target.classes() <= 2
            : target.classes() <= output.numUnits(),
        "output '%s' has %d units, but the data has %d classes; set its units to %d",
        output.name(),
        output.numUnits(),
        target.classes(),
        target.classes());
    require(
        target.alongTime() == output.isAlongTime(),
        target.alongTime()
            ? "output '%s' gives %s, but the data has a label at each step of sequences of any"
                + " length; keep the steps (returnSequences: true) up to the output"
            : "output '%s' gives %s, an answer at each step of sequences of any length, but the"
                + " data has one label for a whole sequence; give only the last step"
                + " (returnSequences: false), or pool over the steps",
        output.name(),
        output.shape());
    require(
        target.width() == output.labelWidth(),
        "output '%s' gives %s and needs %d numbers in an example's label, but the data has %d; %s",
        output.name(),
        output.shape(),
        output.labelWidth(),
        target.width(),
        output.numPositions() > 1 && target.width() == 1
            ? "give only the last step of the sequence (returnSequences: false), or pool over it"
            : "change its units, or the data's label columns");
  }
}
