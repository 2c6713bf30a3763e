package dev.braid.jobs.settings;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.braid.driver.table.Digest;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import dev.braid.worker.network.Guest;
import dev.braid.worker.task.TaskJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A YAML file of settings, with what {@code --set} changed in it, as a tree that knows on which
 * line each setting stands.
 */
public final class SettingsFile {
  static final YAMLMapper YAML =
      TaskJson.register(
          Guest.register(
              YAMLMapper.builder()
                  .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                  .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                  .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                  .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                  .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                  .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                  .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .build()));

  private final String name;
  private final String text;
  private final ObjectNode tree;
  private final Map<JsonPointer, String> places;

  private SettingsFile(String name, String text, ObjectNode tree, Map<JsonPointer, String> places) {
    this.name = name;
    this.text = text;
    this.tree = tree;
    this.places = places;
  }

  /**
   * Reads a file and applies changes to it.
   *
   * @param assignments {@code path.to.key=value} each, the value in YAML
   * @throws IllegalArgumentException when the file cannot be read, is not YAML, or has no place for
   *     an assignment
   */
  public static SettingsFile read(Path file, List<String> assignments) {
    require(Files.exists(file), "%s: no such file", file);
    require(Files.isRegularFile(file), "%s: not a file", file);
    String name = file.toString();
    try {
      return of(name, Files.readAllBytes(file), assignments);
    } catch (IOException e) {
      throw new WrongSettings(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Settings from the bytes of a file, with changes applied. */
  public static SettingsFile of(String name, byte[] file, List<String> assignments) {
    String text;
    try {
      text = Utf8.text(file);
    } catch (WrongSettings e) {
      throw new WrongSettings(name + ": " + e.getMessage(), e);
    }
    return of(name, text, assignments);
  }

  /**
   * Settings from a text, with changes applied.
   *
   * @param name what errors call it
   * @param assignments {@code path.to.key=value} each, the value in YAML
   * @throws IllegalArgumentException when it is not YAML, or has no place for an assignment
   */
  public static SettingsFile of(String name, String text, List<String> assignments) {
    try {
      ObjectNode tree = parse(name, text);
      Map<JsonPointer, String> places = places(name, text, tree);
      for (String assignment : assignments) {
        places.put(Assignment.apply(assignment, tree), "--set " + assignment);
      }
      return new SettingsFile(
          name, assignments.isEmpty() ? text : YAML.writeValueAsString(tree), tree, places);
    } catch (IOException e) {
      throw new WrongSettings(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The settings as a record; unknown keys, wrong types and what the record itself refuses are
   * errors.
   *
   * @throws WrongSettings with the file, the setting and its line
   */
  public <T> T as(Class<T> type) {
    try {
      return YAML.treeToValue(tree, type);
    } catch (ValueInstantiationException e) {
      throw e.getCause() instanceof IllegalArgumentException fault
              && !(fault instanceof WrongSettings)
          ? new IllegalStateException(name + ": " + fault, e) // a library's, of Braid's making
          : refused(type, e);
    } catch (JsonMappingException e) {
      throw refused(type, e);
    } catch (JsonProcessingException e) {
      throw new WrongSettings(name + ": " + e.getOriginalMessage(), e);
    }
  }

  /** A section that says nothing, so that each of its settings has its default. */
  public static <T> T defaults(Class<T> section) {
    return YAML.convertValue(YAML.createObjectNode(), section);
  }

  private WrongSettings refused(Class<?> type, JsonMappingException e) {
    return new WrongSettings(name + ": " + new Complaint(type, tree, places).about(e), e);
  }

  /**
   * What a check of the settings gives.
   *
   * @throws WrongSettings when it refuses them, with the file's name before its message
   */
  public <T> T check(Supplier<T> checked) {
    try {
      return checked.get();
    } catch (WrongSettings e) {
      throw new WrongSettings(name + ": " + e.getMessage(), e);
    }
  }

  /** SHA-256 of {@link #text}, 64 hexadecimal digits. */
  public String sha256() {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The settings in YAML: the file's own text, or what the assignments made of it. */
  public String text() {
    return text;
  }

  /** All settings that are given, by their path: {@code network.layers[0].dense.units} to 10. */
  public Map<String, String> flat() {
    Map<String, String> flat = new TreeMap<>();
    flatten("", tree, flat);
    return flat;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> flat) {
    if (node.isObject() && !node.isEmpty()) {
      String prefix = path.isEmpty() ? "" : path + ".";
      node.fields().forEachRemaining(e -> flatten(prefix + e.getKey(), e.getValue(), flat));
    } else if (node.isArray() && !node.isEmpty()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + "[" + i + "]", node.get(i), flat);
      }
    } else {
      flat.put(path, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  private static ObjectNode parse(String name, String text) {
    try {
      JsonNode tree = YAML.readTree(text);
      require(
          tree instanceof ObjectNode,
          "%s: settings expected (lines of 'key: value'), got %s",
          name,
          tree.isMissingNode() || tree.isNull() ? "an empty file" : Complaint.describe(tree));
      return (ObjectNode) tree;
    } catch (JsonProcessingException e) {
      throw new WrongSettings(name + Complaint.aboutSyntax(e), e);
    }
  }

  /** Where each setting stands; what is named by an anchor is put in its place in the tree. */
  private static Map<JsonPointer, String> places(String name, String text, ObjectNode tree)
      throws IOException {
    Map<JsonPointer, String> lines = new HashMap<>();
    Anchors anchors = new Anchors(tree);
    try (YAMLParser parser = YAML.getFactory().createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        lines.putIfAbsent(
            parser.getParsingContext().pathAsPointer(),
            "line " + parser.getTokenLocation().getLineNr());
        anchors.resolve(parser);
      }
      anchors.merge();
      return lines;
    } catch (WrongSettings e) {
      throw new WrongSettings(name + e.getMessage(), e);
    }
  }
}
