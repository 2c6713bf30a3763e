package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of Keras's holds: {@code model.save("x.h5")} or {@code save_weights("x.h5")}.
 *
 * @param config the network, where the file has it
 * @param training loss and optimizer, where the file has them
 * @param weights per layer, under the name it has in Braid, in the order of the file
 * @param version of Keras
 */
record KerasFile(
    Optional<JsonNode> config,
    Optional<JsonNode> training,
    Map<String, List<KerasTensor>> weights,
    String version) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  /** Whether these bytes begin as HDF5 does. */
  static boolean isHdf5(byte[] bytes) {
    return bytes.length > SIGNATURE.length
        && Arrays.equals(SIGNATURE, 0, SIGNATURE.length, bytes, 0, SIGNATURE.length);
  }

  /** How a layer of Keras's is called here: {@code fire2/expand1x1} becomes fire2_expand1x1. */
  static String nameOf(String layer) {
    return layer.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is damaged or none of Keras's
   */
  static KerasFile read(byte[] bytes) {
    require(isHdf5(bytes), "no HDF5 file");
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      Group root =
          file.getChild("model_weights") instanceof Group weights && weights != null
              ? weights
              : file;
      require(
          root.getAttributes().containsKey("layer_names"),
          "an HDF5 file, but none of Keras's models or weights: it names no layers");
      Map<String, List<KerasTensor>> weights = new LinkedHashMap<>();
      for (String layer : texts(root.getAttribute("layer_names"))) {
        List<KerasTensor> tensors = tensors(root, layer);
        if (!tensors.isEmpty()) {
          weights.put(nameOf(layer), tensors);
        }
      }
      String version = text(root, "keras_version").or(() -> text(file, "keras_version")).orElse("");
      return new KerasFile(
          json(file, "model_config"), json(file, "training_config"), weights, version);
    } catch (HdfException | IndexOutOfBoundsException | java.nio.BufferUnderflowException e) {
      throw new IllegalArgumentException("the HDF5 file is damaged: " + e.getMessage(), e);
    }
  }

  private static List<KerasTensor> tensors(Group root, String layer) {
    Node node = root.getByPath(layer);
    List<KerasTensor> tensors = new ArrayList<>();
    Attribute names = node.getAttributes().get("weight_names");
    for (String name : names == null ? List.<String>of() : texts(names)) {
      Node tensor = ((Group) node).getByPath(name);
      require(tensor instanceof Dataset, "the weights '%s' of layer '%s' are missing", name, layer);
      tensors.add(tensor(name, (Dataset) tensor));
    }
    return tensors;
  }

  private static KerasTensor tensor(String name, Dataset dataset) {
    Class<?> type = dataset.getJavaType();
    require(
        type == float.class || type == double.class,
        "the weights '%s' are %s, not floating point numbers",
        name,
        type);
    String last = name.substring(name.lastIndexOf('/') + 1).replaceAll(":\\d+$", "");
    Object flat = dataset.getDataFlat();
    float[] values = flat instanceof float[] floats ? floats : floats((double[]) flat);
    return new KerasTensor(last, dataset.getDimensions(), values);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Optional<JsonNode> json(Group group, String name) {
    return text(group, name)
        .map(
            text -> {
              try {
                return JSON.readTree(text);
              } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(name + ": " + e.getOriginalMessage(), e);
              }
            });
  }

  private static Optional<String> text(Group group, String name) {
    return Optional.ofNullable(group.getAttributes().get(name))
        .map(attribute -> String.valueOf(attribute.getData()));
  }

  private static List<String> texts(Attribute attribute) {
    Object data = attribute.getData();
    return data instanceof Object[] names
        ? Arrays.stream(names).map(String::valueOf).toList()
        : data == null ? List.of() : List.of(String.valueOf(data));
  }
}
