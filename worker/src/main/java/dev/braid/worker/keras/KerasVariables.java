package dev.braid.worker.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Weights as Keras 3 lays them out in {@code .keras} and {@code .weights.h5} files: a folder for
 * each layer, {@code layers/lstm_1/cell/vars/0}, called by its class and a number. Tensors have no
 * names there but their place; the layer's own name is an attribute that older files lack.
 */
final class KerasVariables {
  private static final List<String> FOLDERS = List.of("layers", "_layer_checkpoint_dependencies");
  private static final String VARIABLES = "vars";

  /** Where a layer keeps the tensors of layers inside of it, in the order of its weights. */
  private static final List<String> PARTS =
      List.of("cell", "forward_layer", "backward_layer", "layer");

  private KerasVariables() {}

  /** Whether a file is laid out like this. */
  static boolean areIn(Group file) {
    return folder(file).isPresent();
  }

  private static Optional<Group> folder(Group file) {
    return FOLDERS.stream()
        .map(file::getChild)
        .filter(Group.class::isInstance)
        .map(Group.class::cast)
        .findFirst();
  }

  /**
   * The weights by the layers' names.
   *
   * @param config the model, which says which layers there are; weights alone go by the names that
   *     the file has
   */
  static Map<String, List<KerasTensor>> read(Group file, Optional<JsonNode> config) {
    Map<String, Group> folders = new LinkedHashMap<>();
    folder(file)
        .orElseThrow()
        .getChildren()
        .forEach(
            (name, node) -> {
              if (node instanceof Group layer) {
                folders.put(name, layer);
              }
            });
    return config.isPresent() ? ofModel(folders, config.get()) : alone(folders);
  }

  private static Map<String, List<KerasTensor>> alone(Map<String, Group> folders) {
    Map<String, List<KerasTensor>> weights = new LinkedHashMap<>();
    folders.forEach(
        (name, layer) -> {
          List<KerasTensor> tensors = tensors(layer);
          if (!tensors.isEmpty()) {
            weights.put(KerasFile.nameOf(ownName(layer).orElse(name)), tensors);
          }
        });
    return weights;
  }

  private static Optional<String> ownName(Group layer) {
    Node variables = layer.getChild(VARIABLES);
    return variables == null ? Optional.empty() : KerasFile.text(variables, "name");
  }

  private static Map<String, List<KerasTensor>> ofModel(
      Map<String, Group> folders, JsonNode config) {
    JsonNode inner = config.path("config");
    Map<String, Integer> counts = new HashMap<>();
    Map<String, List<KerasTensor>> weights = new LinkedHashMap<>();
    for (JsonNode layer : inner.isArray() ? inner : inner.path("layers")) {
      String kind = folderOf(layer.path("class_name").asText());
      int number = counts.merge(kind, 1, Integer::sum) - 1;
      Group folder = folders.get(number == 0 ? kind : kind + "_" + number);
      List<KerasTensor> tensors = folder == null ? List.of() : tensors(folder);
      if (!tensors.isEmpty()) {
        JsonNode settings = layer.path("config");
        weights.put(KerasFile.nameOf(settings.path("name").asText()), named(settings, tensors));
      }
    }
    return weights;
  }

  /** How Keras makes a folder's name of a class's: BatchNormalization, batch_normalization. */
  private static String folderOf(String kind) {
    return kind.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private static List<KerasTensor> tensors(Group layer) {
    List<KerasTensor> tensors = new ArrayList<>();
    if (layer.getChild(VARIABLES) instanceof Group variables) {
      Map<Integer, Dataset> byNumber = new TreeMap<>();
      variables.forEach(node -> byNumber.put(Integer.valueOf(node.getName()), (Dataset) node));
      byNumber.values().forEach(node -> tensors.add(KerasFile.tensor("", node)));
    }
    for (String part : PARTS) {
      if (layer.getChild(part) instanceof Group inner) {
        tensors.addAll(tensors(inner));
      }
    }
    return tensors;
  }

  /** The names of a normalisation's tensors, some of which its settings may leave out. */
  private static List<KerasTensor> named(JsonNode settings, List<KerasTensor> tensors) {
    if (!settings.has("scale") || !settings.has("center")) {
      return tensors;
    }
    List<String> names = new ArrayList<>();
    if (settings.path("scale").asBoolean()) {
      names.add("gamma");
    }
    if (settings.path("center").asBoolean()) {
      names.add("beta");
    }
    names.addAll(List.of("moving_mean", "moving_variance"));
    List<KerasTensor> result = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      result.add(tensors.get(i).named(names.get(i)));
    }
    return result;
  }
}
