package dev.braid.driver.source.boxes;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One JSON file for all pictures, as in COCO (Lin et al. 2014, arXiv:1405.0312): lists of images,
 * of categories, and of annotations with their boxes [left, top, width, height] in pixels. Crowds
 * are left out.
 *
 * @param path of the file
 */
public record Coco(String path) implements BoxFiles {
  @Override
  public String ending() {
    return ".json";
  }

  @Override
  public Map<String, MarkedPicture> pictures(String name, String place, byte[] content) {
    JsonNode root = root(content);
    Map<String, String> classes = new HashMap<>();
    for (JsonNode category : list(root, "categories")) {
      classes.put(needed(category, "id").asText(), needed(category, "name").asText());
    }
    Map<String, List<JsonNode>> annotations = new HashMap<>();
    for (JsonNode annotation : list(root, "annotations")) {
      annotations
          .computeIfAbsent(needed(annotation, "image_id").asText(), id -> new ArrayList<>())
          .add(annotation);
    }
    Map<String, MarkedPicture> pictures = new LinkedHashMap<>();
    for (JsonNode image : list(root, "images")) {
      String file = needed(image, "file_name").asText();
      String where = place + ", image " + file;
      List<JsonNode> own = annotations.remove(needed(image, "id").asText());
      MarkedPicture before =
          pictures.put(
              BoxFiles.stem(file), picture(where, image, own == null ? List.of() : own, classes));
      require(before == null, "two images are called '%s'", BoxFiles.stem(file));
    }
    require(
        annotations.isEmpty(),
        "annotations are of the image %s, which is not among the images",
        annotations.isEmpty() ? "" : annotations.keySet().iterator().next());
    return pictures;
  }

  private static JsonNode root(byte[] content) {
    try {
      return new JsonMapper().readTree(content);
    } catch (IOException e) {
      throw new WrongSettings("no JSON that can be read: " + e.getMessage(), e);
    }
  }

  private static JsonNode list(JsonNode root, String name) {
    JsonNode list = needed(root, name);
    require(list.isArray(), "'%s' is no list", name);
    return list;
  }

  private static JsonNode needed(JsonNode object, String name) {
    JsonNode value = object.get(name);
    require(value != null && !value.isNull(), "there is no '%s' in %s", name, shortened(object));
    return value;
  }

  private static String shortened(JsonNode object) {
    String text = object.toString();
    return text.length() > 100 ? text.substring(0, 100) + " ..." : text;
  }

  private static MarkedPicture picture(
      String place, JsonNode image, List<JsonNode> annotations, Map<String, String> classes) {
    try {
      int height = needed(image, "height").asInt();
      int width = needed(image, "width").asInt();
      require(width > 0 && height > 0, "the size of the picture is %d x %d", width, height);
      List<MarkedPicture.Marked> objects = new ArrayList<>();
      for (JsonNode annotation : annotations) {
        if (annotation.path("iscrowd").asInt() == 0) {
          objects.add(object(annotation, classes, height, width));
        }
      }
      return MarkedPicture.of(place, height, width, objects);
    } catch (WrongSettings e) {
      return MarkedPicture.broken(place, e.getMessage());
    }
  }

  private static MarkedPicture.Marked object(
      JsonNode annotation, Map<String, String> classes, int height, int width) {
    String id = needed(annotation, "category_id").asText();
    require(classes.containsKey(id), "category %s is not among the categories", id);
    JsonNode box = list(annotation, "bbox");
    require(box.size() == 4, "a bbox has 4 numbers, got %s", box);
    double left = box.get(0).asDouble();
    double top = box.get(1).asDouble();
    return MarkedPicture.Marked.ofPixels(
        classes.get(id),
        left,
        top,
        left + box.get(2).asDouble(),
        top + box.get(3).asDouble(),
        height,
        width);
  }
}
