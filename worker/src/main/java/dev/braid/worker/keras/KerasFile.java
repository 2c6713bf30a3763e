package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What a file of Keras's holds: {@code model.save} or {@code save_weights} with a name that ends in
 * {@code .h5}, {@code .keras} or {@code .weights.h5}.
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
  private static final int ZIP_NAME_AT = 30;
  private static final String METADATA = "metadata.json";
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  /** Whether these bytes begin as HDF5 does. */
  static boolean isHdf5(byte[] bytes) {
    return bytes.length > SIGNATURE.length
        && Arrays.equals(SIGNATURE, 0, SIGNATURE.length, bytes, 0, SIGNATURE.length);
  }

  /** Whether these bytes begin as a {@code .keras} file does, a zip of three known entries. */
  static boolean isArchive(byte[] bytes) {
    String beginning =
        new String(bytes, 0, Math.min(64, bytes.length), StandardCharsets.ISO_8859_1);
    return beginning.startsWith("PK")
        && List.of(METADATA, CONFIG, WEIGHTS).stream()
            .anyMatch(name -> beginning.startsWith(name, ZIP_NAME_AT));
  }

  /** How a layer of Keras's is called here: {@code fire2/expand1x1} becomes fire2_expand1x1. */
  static String nameOf(String layer) {
    return layer.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  /** Whether Keras 3 has written it, whose layers differ in places from those before. */
  boolean isOfKeras3() {
    return version.startsWith("3.");
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is damaged or none of Keras's
   */
  static KerasFile read(byte[] bytes) {
    if (isArchive(bytes)) {
      return readArchive(bytes);
    }
    require(isHdf5(bytes), "no HDF5 file");
    return readHdf5(bytes, Optional.empty(), Optional.empty(), "");
  }

  private static KerasFile readArchive(byte[] bytes) {
    Map<String, byte[]> entries = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new WrongSettings("the .keras file is damaged: " + e.getMessage(), e);
    }
    for (String name : List.of(METADATA, CONFIG, WEIGHTS)) {
      require(
          entries.containsKey(name),
          "the .keras file has no %s; save the model as HDF5: model.save(\"model.h5\")",
          name);
    }
    JsonNode config = json(CONFIG, new String(entries.get(CONFIG), StandardCharsets.UTF_8));
    JsonNode metadata = json(METADATA, new String(entries.get(METADATA), StandardCharsets.UTF_8));
    return readHdf5(
        entries.get(WEIGHTS),
        Optional.of(config),
        Optional.of(config.path("compile_config")),
        metadata.path("keras_version").asText());
  }

  private static KerasFile readHdf5(
      byte[] bytes, Optional<JsonNode> config, Optional<JsonNode> training, String version) {
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      if (KerasVariables.areIn(file)) {
        return new KerasFile(config, training, KerasVariables.read(file, config), version);
      }
      Group root = file.getChild("model_weights") instanceof Group weights ? weights : file;
      List<String> layers = texts(root, "layer_names");
      require(
          !layers.isEmpty(),
          "an HDF5 file, but none of Keras's models or weights: it names no layers");
      Map<String, List<KerasTensor>> weights = new LinkedHashMap<>();
      for (String layer : layers) {
        List<KerasTensor> tensors = tensors(root, layer);
        if (!tensors.isEmpty()) {
          weights.put(nameOf(layer), tensors);
        }
      }
      return new KerasFile(
          text(file, "model_config").map(text -> json("model_config", text)),
          text(file, "training_config").map(text -> json("training_config", text)),
          weights,
          text(root, "keras_version").or(() -> text(file, "keras_version")).orElse(""));
    } catch (HdfException | IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new WrongSettings("the HDF5 file is damaged: " + e.getMessage(), e);
    }
  }

  private static List<KerasTensor> tensors(Group root, String layer) {
    Node node = root.getByPath(layer);
    List<KerasTensor> tensors = new ArrayList<>();
    for (String name : texts(node, "weight_names")) {
      Node tensor = ((Group) node).getByPath(name);
      require(tensor instanceof Dataset, "the weights '%s' of layer '%s' are missing", name, layer);
      String last = name.substring(name.lastIndexOf('/') + 1).replaceAll(":\\d+$", "");
      tensors.add(tensor(last, (Dataset) tensor));
    }
    return tensors;
  }

  /** The numbers of a tensor. */
  static KerasTensor tensor(String name, Dataset dataset) {
    Class<?> type = dataset.getJavaType();
    require(
        type == float.class || type == double.class,
        "the weights '%s' are %s, not floating point numbers",
        dataset.getPath(),
        type);
    Object flat = dataset.getDataFlat();
    float[] values = flat instanceof float[] floats ? floats : floats((double[]) flat);
    return new KerasTensor(name, dataset.getDimensions(), values);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static JsonNode json(String name, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new WrongSettings(name + ": " + e.getOriginalMessage(), e);
    }
  }

  /** An attribute that is a text; empty where there is none. */
  static Optional<String> text(Node node, String name) {
    return Optional.ofNullable(node.getAttributes().get(name))
        .map(attribute -> String.valueOf(attribute.getData()));
  }

  /** An attribute that is a list of texts; long ones are written in parts: name0, name1, ... */
  private static List<String> texts(Node node, String name) {
    Map<String, Attribute> attributes = node.getAttributes();
    if (attributes.containsKey(name)) {
      return texts(attributes.get(name));
    }
    List<String> texts = new ArrayList<>();
    for (int part = 0; attributes.containsKey(name + part); part++) {
      texts.addAll(texts(attributes.get(name + part)));
    }
    return texts;
  }

  private static List<String> texts(Attribute attribute) {
    Object data = attribute.getData();
    if (data instanceof Object[] names) {
      return Arrays.stream(names).map(String::valueOf).toList();
    }
    return data instanceof String text ? List.of(text) : List.of(); // none is an empty double[]
  }
}
