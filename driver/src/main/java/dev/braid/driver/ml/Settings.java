package dev.braid.driver.ml;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.network.Network;
import java.util.Iterator;
import java.util.Map;

/** The sections of a job file as strings, in YAML or JSON. */
final class Settings {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  private Settings() {}

  /** A network of layers: {@code {layers: [...]}}, or the list of layers alone. */
  static Network network(String text) {
    JsonNode tree = tree("network", text);
    ObjectNode section =
        tree instanceof ObjectNode object
            ? object
            : (ObjectNode) YAML.createObjectNode().set("layers", tree);
    return as("network", section, Network.class);
  }

  /**
   * How a network is trained.
   *
   * @param instead other values for its epochs, its workers and its optimizer's learningRate
   */
  static TrainingPlan training(String text, Map<String, Object> instead) {
    JsonNode tree = tree("training", text);
    require(tree instanceof ObjectNode, "training: expected keys and values, got '%s'", text);
    ObjectNode section = (ObjectNode) tree;
    instead.forEach(
        (key, value) -> {
          boolean ofOptimizer = key.equals("learningRate");
          JsonNode owner = ofOptimizer ? rule(section) : section;
          if (owner instanceof ObjectNode keys) {
            keys.set(key, YAML.valueToTree(value));
          }
        });
    TrainingPlan plan = as("training", section, TrainingPlan.class);
    require(
        plan.optimizer() != null,
        "training needs an optimizer, such as {optimizer: {adam: {learningRate: 0.001}}}");
    require(
        plan.earlyStopping() == null && plan.reduceOnPlateau() == null,
        "training: earlyStopping and reduceOnPlateau need validation examples; choose by"
            + " CrossValidator or TrainValidationSplit instead");
    return plan;
  }

  /** The settings of the optimizer, where it has a name. */
  private static JsonNode rule(ObjectNode section) {
    Iterator<JsonNode> optimizer = section.path("optimizer").elements();
    return optimizer.hasNext() ? optimizer.next() : null;
  }

  private static JsonNode tree(String name, String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw refused(name, e);
    }
  }

  private static <T> T as(String name, JsonNode tree, Class<T> type) {
    try {
      return YAML.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw refused(name, e);
    }
  }

  private static IllegalArgumentException refused(String name, JsonProcessingException e) {
    Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
    String message = cause == e ? e.getOriginalMessage() : cause.getMessage();
    return new WrongSettings(name + ": " + message, e);
  }
}
