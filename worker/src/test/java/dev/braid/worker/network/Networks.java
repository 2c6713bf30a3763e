package dev.braid.worker.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;

/** Networks for tests, written nearly as in a job file. */
public final class Networks {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .build();

  private Networks() {}

  /** Layers such as {@code dense: {units: 3, activation: 'relu'}}, one in each argument. */
  public static Network of(String... layers) {
    return read("{layers: [{" + String.join("}, {", layers) + "}]}");
  }

  /** A whole network section. */
  public static Network read(String json) {
    try {
      return MAPPER.readValue(json, Network.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Another part of a job file. */
  public static <T> T readAs(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What {@link #read} reads. */
  public static String write(Network network) {
    try {
      return MAPPER.writeValueAsString(network);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** How a job file writes an enum's value. */
  public static String nameOf(Enum<?> value) {
    return MAPPER.convertValue(value, String.class);
  }

  /** The plan for one input called input and one label. */
  public static NetworkPlan plan(Shape input, Target target, String... layers) {
    return of(layers).plan(Map.of("input", input), List.of(target));
  }
}
