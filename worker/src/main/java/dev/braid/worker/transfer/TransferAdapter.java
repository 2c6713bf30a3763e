package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNames;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Output;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Adaptation;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.FrozenFeatures;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Start;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.optimizer.LayerRates.Rate;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A learned network with another end. What is kept of it is its first layers, so that these keep
 * their names, given or counted; the layers of the head are named as if they had always followed.
 */
public final class TransferAdapter implements Adaptation {
  private final TransferPlan plan;
  private final LearnedWeights learned;
  private final List<String> kept;

  private TransferAdapter(TransferPlan plan, LearnedWeights learned, List<String> kept) {
    this.plan = plan;
    this.learned = learned;
    this.kept = kept;
  }

  /**
   * What a training begins with that adapts {@code base}. Its normalisation comes with it, if it
   * has one.
   *
   * @throws IllegalArgumentException when the plan names a layer that does not exist
   */
  public static Start start(TransferPlan plan, Model base) {
    require(
        base.description().network() instanceof Network,
        "transfer.model: %s is a network of DL4J, not a list of layers; adapt it with DL4J's"
            + " TransferLearning",
        plan.model());
    List<Normaliser> normalisers = base.description().normalisers();
    return start(
            plan,
            (Network) base.description().network(),
            new ModelWeights(base),
            normalisers.stream().allMatch(Normaliser::isNone)
                ? Optional.empty()
                : Optional.of(inputs -> normalisers))
        .encodedAs(base.description().encodings());
  }

  /**
   * What a training begins with that adapts a network whose weights come from elsewhere.
   *
   * @param network need not have an output where the plan gives it a head
   * @param normalisers of the inputs these weights were learned on; empty where nothing is known
   * @throws IllegalArgumentException when the plan names a layer that does not exist
   */
  public static Start start(
      TransferPlan plan,
      Network network,
      LearnedWeights learned,
      Optional<Start.Normalisers> normalisers) {
    List<String> names = LayerNames.of(network.layers());
    int numKept = numKept(plan, names, network.layers());
    List<Layer> layers = new ArrayList<>(network.layers().subList(0, numKept));
    layers.addAll(plan.head());
    TransferAdapter adapter = new TransferAdapter(plan, learned, names.subList(0, numKept));
    return new Start(
        new Network(network.inputs(), layers),
        Optional.empty(),
        normalisers,
        Optional.of(adapter),
        List.of());
  }

  /**
   * What a training begins with that adapts a network described elsewhere than in the file of its
   * weights.
   *
   * @param learned the file's weights
   */
  public static Start start(TransferPlan plan, LearnedWeights learned) {
    if (plan.architecture() == null) {
      return start(plan, plan.network(), learned, Optional.empty());
    }
    KnownNetwork known = plan.architecture();
    return start(
        plan,
        known.network(),
        learned == LearnedWeights.NONE ? learned : known.as(learned),
        Optional.of(known.normalisers()));
  }

  @Override
  public Adaptation knowing(Map<String, TextEncoding> texts) {
    return new TransferAdapter(plan, learned.knowing(texts), kept);
  }

  private static int numKept(TransferPlan plan, List<String> names, List<Layer> layers) {
    if (plan.head().isEmpty()) {
      return layers.size();
    }
    int numKept;
    if (plan.cut() == null) {
      numKept = 0;
      while (numKept < layers.size() && !(layers.get(numKept) instanceof Output)) {
        numKept++;
      }
    } else if (plan.cut().after() != null) {
      requireKnown("transfer.cut.after", plan.cut().after(), names);
      numKept = names.indexOf(plan.cut().after()) + 1;
    } else {
      numKept = layers.size() - plan.cut().last();
    }
    require(
        numKept > 0 && numKept < layers.size() + (plan.cut() == null ? 1 : 0),
        "transfer.cut: of the model's %d layers at least one must be kept and one removed",
        layers.size());
    for (int i = 0; i < numKept; i++) {
      require(
          !(layers.get(i) instanceof Output),
          "transfer.cut: the output '%s' is kept; cut above it",
          names.get(i));
    }
    return numKept;
  }

  private static List<String> names(NetworkPlan plan) {
    return plan.layers().stream().map(layer -> layer.node().name()).toList();
  }

  /** Which layer each is in another place, by its name; itself where it shares nothing. */
  private static Map<String, String> originals(NetworkPlan plan) {
    return plan.layers().stream()
        .collect(Collectors.toMap(layer -> layer.node().name(), LayerPlan::original));
  }

  private static void requireKnown(String setting, String layer, List<String> names) {
    require(
        names.contains(layer),
        "%s: there is no layer '%s'%s; the layers are %s",
        setting,
        layer,
        Spelling.suggestion(layer, names),
        String.join(", ", names));
  }

  /** Learned numbers for the layers that are kept and not reset, first ones for all others. */
  @Override
  public State weights(Blueprint blueprint, long seed) {
    NetworkPlan adapted = (NetworkPlan) blueprint;
    List<String> names = names(adapted);
    plan.reset().forEach(layer -> requireKnown("transfer.reset", layer, names));
    State state = adapted.initialState(seed);
    if (learned == LearnedWeights.NONE) {
      return state;
    }
    Map<String, String> originals = originals(adapted);
    Set<String> reset = plan.reset().stream().map(originals::get).collect(Collectors.toSet());
    for (LayerPlan layer : adapted.layers()) {
      String name = layer.node().name();
      if (kept.contains(name) && !reset.contains(name)) {
        layer.ownParameters().forEach(parameter -> copy(adapted, layer, parameter, state));
      }
    }
    return state;
  }

  private void copy(NetworkPlan adapted, LayerPlan layer, Parameter parameter, State state) {
    String name = layer.nameOf(parameter);
    float[] values =
        learned
            .of(adapted, layer, parameter)
            .orElseThrow(
                () ->
                    new WrongSettings(
                        "transfer.model: the file has no numbers for '%s'; name the layer in"
                                .formatted(name)
                            + " transfer.reset to let it begin anew"));
    require(
        Blocks.copyOf(values).isFinite(),
        "transfer.model: the numbers for '%s' are not all finite; the file is of a training that"
            + " has diverged",
        name);
    for (Segment segment : adapted.layout().params()) {
      if (segment.name().equals(name)) {
        state.params().write(segment.offset(), values, values.length);
      }
    }
    for (Segment segment : adapted.layout().statistics()) {
      if (segment.name().equals(name)) {
        state.statistics().write(segment.offset(), values, values.length);
      }
    }
  }

  @Override
  public LayerRates rates(Blueprint blueprint) {
    NetworkPlan adapted = (NetworkPlan) blueprint;
    List<String> names = names(adapted);
    Map<String, String> originals = originals(adapted);
    Map<String, Rate> rates = new LinkedHashMap<>();
    for (TransferPlan.Rate rate : plan.rates()) {
      for (String layer : rate.layers()) {
        requireKnown("transfer.rates.layers", layer, names);
        rates.put(originals.get(layer), new Rate(rate.factor(), 0));
      }
    }
    for (String layer : frozen(names)) {
      rates.merge(originals.get(layer), new Rate(1, Rate.NEVER), TransferAdapter::until);
    }
    for (TransferPlan.Unfreeze unfreeze : plan.freeze().unfreeze()) {
      for (String named : unfreeze.layers()) {
        requireKnown("transfer.freeze.unfreeze.layers", named, names);
        String layer = originals.get(named);
        require(
            rates.containsKey(layer) && rates.get(layer).fromEpoch() == Rate.NEVER,
            "transfer.freeze.unfreeze: layer '%s' is not frozen, or is unfrozen twice",
            layer);
        rates.put(layer, new Rate(rates.get(layer).factor(), unfreeze.epoch() - 1));
      }
    }
    LayerRates result = new LayerRates(rates);
    requireOneRate(adapted, result);
    requireLearning(adapted, result.frozen(0));
    return result;
  }

  @Override
  public FrozenFeatures features() {
    return plan.features();
  }

  private static Rate until(Rate learning, Rate frozen) {
    return new Rate(learning.factor(), frozen.fromEpoch());
  }

  private List<String> frozen(List<String> names) {
    List<String> frozen = new ArrayList<>();
    if (plan.freeze().upTo() != null) {
      requireKnown("transfer.freeze.upTo", plan.freeze().upTo(), names);
      frozen.addAll(names.subList(0, names.indexOf(plan.freeze().upTo()) + 1));
    }
    for (String layer : plan.freeze().layers()) {
      requireKnown("transfer.freeze.layers", layer, names);
      frozen.add(layer);
    }
    return frozen;
  }

  /** A layer that has some of its weights from another learns as that does, or as all others. */
  private static void requireOneRate(NetworkPlan adapted, LayerRates rates) {
    for (LayerPlan layer : adapted.layers()) {
      String name = layer.node().name();
      for (String lender : layer.lenders().values()) {
        require(
            !rates.byLayer().containsKey(name) || rates.of(name).equals(rates.of(lender)),
            "transfer: layer '%s' has weights of layer '%s' and cannot learn otherwise; freeze"
                + " both, or name neither",
            name,
            lender);
      }
    }
  }

  private static void requireLearning(NetworkPlan adapted, Set<String> frozen) {
    require(
        adapted.layers().stream()
            .filter(layer -> !frozen.contains(layer.node().name()))
            .map(LayerPlan::ownParameters)
            .anyMatch(parameters -> !parameters.isEmpty()),
        "transfer.freeze: every layer with weights is frozen in the first epoch; nothing would be"
            + " learned");
  }
}
