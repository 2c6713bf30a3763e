package dev.braid.worker.keras;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.braid.worker.function.Activation;
import dev.braid.worker.loss.BinaryCrossEntropy;
import dev.braid.worker.loss.Cosine;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Hinge;
import dev.braid.worker.loss.Huber;
import dev.braid.worker.loss.KlDivergence;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanAbsolute;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.loss.Poisson;
import dev.braid.worker.loss.SquaredHinge;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The loss that a file names for one output.
 *
 * @param name as the file writes it, a class or a function; empty where it names none
 * @param options of a class
 */
record KerasLoss(String name, JsonNode options) {
  /** No loss: the model was not compiled. */
  static final KerasLoss NONE = new KerasLoss("", MissingNode.getInstance());

  private static final Map<String, Loss> COUNTERPARTS =
      Map.ofEntries(
          entry("categoricalcrossentropy", new CrossEntropy()),
          entry("sparsecategoricalcrossentropy", new CrossEntropy()),
          entry("binarycrossentropy", new BinaryCrossEntropy()),
          entry("meansquarederror", new MeanSquared()),
          entry("mse", new MeanSquared()),
          entry("meanabsoluteerror", new MeanAbsolute()),
          entry("mae", new MeanAbsolute()),
          entry("huber", new Huber()),
          entry("huberloss", new Huber()),
          entry("hinge", new Hinge()),
          entry("squaredhinge", new SquaredHinge()),
          entry("poisson", new Poisson()),
          entry("kldivergence", new KlDivergence()),
          entry("kullbackleiblerdivergence", new KlDivergence()),
          entry("kld", new KlDivergence()),
          entry("cosinesimilarity", new Cosine()),
          entry("cosineproximity", new Cosine()));

  /** Values of options with which a loss is the one here; others, if not null, make another. */
  private static final Map<String, Set<String>> NEUTRAL =
      Map.of(
          "reduction", Set.of("auto", "sum_over_batch_size", "mean"),
          "label_smoothing", Set.of("0", "0.0"),
          "axis", Set.of("-1"),
          "delta", Set.of("1", "1.0"));

  /** Options that Keras 3 may have been given and does not write: without them nothing is known. */
  private static final Map<String, String> NEEDED =
      Map.of("huber", "delta", "cosinesimilarity", "axis");

  private static final Set<String> WITHOUT_EFFECT = Set.of("name", "fn", "dtype", "from_logits");

  /** A loss as files write it: a name, a class with options, a function, or null. */
  static KerasLoss read(JsonNode written) {
    if (written.isTextual()) {
      return new KerasLoss(written.asText(), MissingNode.getInstance());
    }
    String kind = written.path("class_name").asText();
    JsonNode config = written.path("config");
    return config.isTextual() // a function of the user's own
        ? new KerasLoss(config.asText(), MissingNode.getInstance())
        : new KerasLoss(kind, config);
  }

  boolean isNone() {
    return name.isEmpty();
  }

  /** Its name and those of its options that make it another loss, for messages. */
  String describe() {
    List<String> others =
        options.properties().stream()
            .filter(option -> !isNeutral(option))
            .map(option -> option.getKey() + " " + option.getValue())
            .toList();
    return others.isEmpty() ? name : name + " with " + String.join(", ", others);
  }

  /**
   * What the output shows: the activation of its last layer, or, where the loss is computed from
   * plain numbers that stand for probabilities, the one that makes these of them.
   */
  Activation shown(Activation last) {
    Loss loss = known();
    boolean fromLogits = last == Activation.IDENTITY && options.path("from_logits").asBoolean();
    return fromLogits && loss != null && loss.link() != null ? loss.link() : last;
  }

  /** The same loss of Braid's for an output that shows this activation; empty if it has none. */
  Optional<Loss> counterpart(Activation shown) {
    Loss loss = known();
    boolean fits = loss != null && (loss.link() == null || loss.link() == shown);
    return fits && hasNeutralOptions() ? Optional.of(loss) : Optional.empty();
  }

  private Loss known() {
    return COUNTERPARTS.get(canonicalName());
  }

  private String canonicalName() {
    return name.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
  }

  private boolean hasNeutralOptions() {
    String needed = NEEDED.get(canonicalName());
    return (needed == null || !options.isObject() || options.has(needed))
        && options.properties().stream().allMatch(KerasLoss::isNeutral);
  }

  private static boolean isNeutral(Map.Entry<String, JsonNode> option) {
    return option.getValue().isNull()
        || WITHOUT_EFFECT.contains(option.getKey())
        || NEUTRAL.getOrDefault(option.getKey(), Set.of()).contains(option.getValue().asText());
  }
}
