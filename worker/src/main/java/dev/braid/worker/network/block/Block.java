package dev.braid.worker.network.block;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.Spelling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a network that is written once and used by its name among the layers: {@code - block:
 * {use: residual, filters: 64, times: 3}}. Layers in a block see each other's names, and by {@code
 * from: input} what the block reads, which its first layer reads anyway; what it gives is its last
 * layer, which others read by the name of the use. A use says what the parameters are, and may say
 * {@code name}, {@code from}, {@code times} (one after another) and, with the name of an earlier
 * use, {@code weights: {of: name}}, whose weights it shares. The layers of a use called left are
 * called left-convolution1 and so on. What is needed in one place only is repeated without a name:
 * {@code - repeat: {times: 4, layers: [...]}}.
 *
 * @param parameters what a use may say, by name, with what holds where it does not; a use must say
 *     those without a value
 * @param layers as in the network's list; {@code $name} stands for a parameter's value
 */
public record Block(
    Map<String, JsonNode> parameters, @JsonProperty(required = true) List<JsonNode> layers) {
  /** What every use may say. */
  static final Set<String> OF_EVERY_USE = Set.of("use", "times", "name", "from", "weights");

  public Block {
    parameters =
        parameters == null
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    require(layers != null && !layers.isEmpty(), "a block needs at least one layer");
    layers = List.copyOf(layers);
    for (String parameter : parameters.keySet()) {
      require(
          !OF_EVERY_USE.contains(parameter),
          "a parameter of a block cannot be called '%s', which every use of a block may say",
          parameter);
    }
  }

  /**
   * The values of all parameters for a use.
   *
   * @param name of the block
   * @param use what it says
   * @throws IllegalArgumentException naming what is not known or missing
   */
  Map<String, JsonNode> valuesFor(String name, JsonNode use) {
    Map<String, JsonNode> values = new LinkedHashMap<>(parameters);
    use.properties()
        .forEach(
            said -> {
              boolean isParameter = parameters.containsKey(said.getKey());
              require(
                  isParameter || OF_EVERY_USE.contains(said.getKey()),
                  "block '%s' has no parameter '%s'%s; it has %s",
                  name,
                  said.getKey(),
                  Spelling.suggestion(said.getKey(), parameters.keySet()),
                  parameters.isEmpty() ? "none" : String.join(", ", parameters.keySet()));
              if (isParameter) {
                values.put(said.getKey(), said.getValue());
              }
            });
    List<String> missing =
        values.entrySet().stream()
            .filter(value -> value.getValue().isNull())
            .map(Map.Entry::getKey)
            .toList();
    require(
        missing.isEmpty(),
        "block '%s' needs %s; say it beside use: %s",
        name,
        String.join(" and ", missing),
        name);
    return values;
  }
}
