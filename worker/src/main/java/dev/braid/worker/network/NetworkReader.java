package dev.braid.worker.network;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.block.Block;
import dev.braid.worker.network.block.Expansion;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads a network's section and puts blocks in the places where they are used. */
final class NetworkReader extends StdDeserializer<Network> {
  private static final long serialVersionUID = 1;

  private static final String INPUTS = "inputs";
  private static final String BLOCKS = "blocks";
  private static final String LAYERS = "layers";

  NetworkReader() {
    super(Network.class);
  }

  @Override
  public Collection<Object> getKnownPropertyNames() {
    return List.of(INPUTS, BLOCKS, LAYERS);
  }

  @Override
  public Network deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    JsonNode tree = context.readTree(parser);
    if (!tree.isObject()) {
      throw MismatchedInputException.from(parser, Network.class, "a section is expected");
    }
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      if (!getKnownPropertyNames().contains(entry.getKey())) {
        context.handleUnknownProperty(parser, this, Network.class, entry.getKey());
      }
    }
    Map<String, Shape> inputs = map(tree, INPUTS, Shape.class, context);
    Map<String, Block> blocks = map(tree, BLOCKS, Block.class, context);
    List<Layer> layers = layers(tree, inputs, blocks == null ? Map.of() : blocks, context);
    try {
      return new Network(inputs, layers);
    } catch (WrongSettings e) {
      throw context.instantiationException(Network.class, e);
    }
  }

  private static <V> Map<String, V> map(
      JsonNode tree, String key, Class<V> values, DeserializationContext context)
      throws IOException {
    if (!tree.hasNonNull(key)) {
      return null;
    }
    JavaType type = context.getTypeFactory().constructMapType(Map.class, String.class, values);
    try {
      return context.readTreeAsValue(tree.get(key), type);
    } catch (JsonMappingException e) {
      e.prependPath(Network.class, key);
      throw e;
    }
  }

  private static List<Layer> layers(
      JsonNode tree,
      Map<String, Shape> inputs,
      Map<String, Block> blocks,
      DeserializationContext context)
      throws IOException {
    JsonNode written = tree.path(LAYERS);
    if (!written.isArray()) {
      JsonMappingException fault =
          MismatchedInputException.from(context.getParser(), List.class, "layers are missing");
      fault.prependPath(Network.class, LAYERS);
      throw fault;
    }
    String input =
        inputs != null && inputs.size() == 1 ? inputs.keySet().iterator().next() : "input";
    return Expansion.of(
        blocks,
        written,
        input,
        layer -> {
          try {
            return context.readTreeAsValue(layer, Layer.class);
          } catch (JsonMappingException e) {
            throw e;
          } catch (IOException e) {
            throw JsonMappingException.fromUnexpectedIOE(e);
          }
        });
  }
}
