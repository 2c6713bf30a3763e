package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A table in JSON lines: an object per row, whose values are numbers, true or false, texts, or
 * lists of numbers. Kept columns are text in the output of a scoring: strings as they are,
 * everything else in JSON.
 *
 * @param path a file, a folder or a wildcard
 * @param label the key to predict; several for several numbers, properties or time steps. In a
 *     scoring the one that holds what is right, for metrics; by default none
 * @param features the keys that are inputs; by default all others of the first rows, or those a
 *     model was trained with
 * @param inputShape what a row's features are taken for; by default [their number]
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 * @param columns how columns that hold no plain numbers become numbers, by name
 */
public record Json(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    Shape inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs,
    Map<String, ColumnSettings> columns)
    implements Table {
  /** Python writes a missing number as NaN, which JSON itself does not know. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int MAX_LOOKED_AT = 100;

  public Json {
    TableColumns.of(
        label, features, inputShape, inputs, outputs, columns); // refuses contradictions
  }

  /** The keys of the first rows: those of the first, then others in the order of their text. */
  @Override
  public List<String> columns(Inspection inspection, FileStatus file) {
    Set<String> names = new LinkedHashSet<>();
    TreeSet<String> more = new TreeSet<>(); // keys that the first row happens to lack
    Lines<JsonNode> lines = new Lines<>(false, (part, conf) -> Json::object);
    boolean found = false;
    try (Parts.Rows<JsonNode> rows = lines.open(FilePart.of(file), inspection.hadoop())) {
      Placed<JsonNode> row = rows.next();
      for (int i = 0; row != null && i < MAX_LOOKED_AT; i++, row = rows.next()) {
        if (!row.isBroken()) {
          row.value().fieldNames().forEachRemaining((found ? more : names)::add);
          found = true;
        }
      }
    } catch (IOException e) {
      throw FileContent.unreadable(file.getPath().toString(), e);
    }
    if (!found) {
      throw new WrongSettings(
          "%s: none of the first %d lines is a JSON object; one object per line is expected"
              .formatted(file.getPath(), MAX_LOOKED_AT));
    }
    names.addAll(more);
    return new ArrayList<>(names);
  }

  private static Placed<JsonNode> object(String line, String file, LongSupplier row) {
    JsonNode object;
    try {
      object = JSON.readTree(line);
    } catch (MismatchedInputException e) {
      throw new WrongSettings("more than one JSON value in a line", e);
    } catch (JsonProcessingException e) {
      throw new WrongSettings("not JSON: " + e.getOriginalMessage(), e);
    }
    if (!object.isObject()) {
      throw new WrongSettings("not a JSON object");
    }
    return Placed.sound(file, row, object);
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new Lines<>(
        false,
        (part, conf) -> {
          Map<String, String> folders = FolderColumns.above(new Path(part.file()));
          return (line, file, row) ->
              object(line, file, row).map(object -> values(object, selection, folders));
        });
  }

  private static Object[] values(
      JsonNode object, Selection selection, Map<String, String> folders) {
    List<Object> values = new ArrayList<>();
    for (String name : selection.values()) {
      values.add(object.has(name) ? value(object.get(name)) : folders.get(name));
    }
    for (String name : selection.kept()) {
      values.add(object.has(name) ? text(object.get(name)) : folders.get(name));
    }
    return values.toArray();
  }

  private static Object value(JsonNode node) {
    if (node.isArray()) {
      List<Object> list = new ArrayList<>(node.size());
      node.forEach(element -> list.add(value(element)));
      return list;
    }
    if (node.isNumber()) {
      return node.isIntegralNumber() ? node.numberValue() : (Object) node.doubleValue();
    }
    return node.isBoolean() ? (Object) node.booleanValue() : text(node);
  }

  private static String text(JsonNode value) {
    return value.isNull() ? null : value.isTextual() ? value.textValue() : value.toString();
  }
}
