package dev.braid.driver.source;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.inference.ModelFacts;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * JSON lines: an object per row, whose values are numbers or lists of them. Kept columns are text
 * in the output: strings as they are, everything else in JSON.
 *
 * @param path a file, a folder or a wildcard
 * @param features the keys that are inputs; by default all but label and kept ones, in the order of
 *     the first row
 * @param label the key that holds what is right, for metrics; by default none
 */
public record JsonInput(
    String path,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    String label)
    implements Input {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_LOOKED_AT = 100;

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".json";
    FileStatus file = inspection.files("json.path", path).get(0);
    List<JsonNode> rows = first(inspection, file);
    List<String> columns = new ArrayList<>();
    rows.get(0).fieldNames().forEachRemaining(columns::add);
    TreeSet<String> more = new TreeSet<>(); // keys that the first row happens to lack
    rows.forEach(row -> row.fieldNames().forEachRemaining(more::add));
    more.removeAll(columns);
    columns.addAll(more);
    InputPlan plan = InputPlan.ofTable(setting, columns, features, label, keep, model.inputShape());
    requireOneFits(setting, file, rows, plan);
    return plan;
  }

  private static void requireOneFits(
      String setting, FileStatus file, List<JsonNode> rows, InputPlan plan) {
    int width = 0;
    for (JsonNode row : rows) {
      width = plan.features().stream().mapToInt(name -> count(row.path(name))).sum();
      if (width == plan.width()) {
        return;
      }
    }
    plan.requireFits(setting, file.getPath().toString(), width);
  }

  private static int count(JsonNode value) {
    int count = 0;
    for (JsonNode element : value) {
      count += count(element);
    }
    return value.isContainerNode() ? count : value.isMissingNode() ? 0 : 1;
  }

  /** The first rows that are objects. */
  private static List<JsonNode> first(Inspection inspection, FileStatus file) {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader lines = inspection.text(file)) {
      String line = lines.readLine();
      for (int i = 0; line != null && i < MAX_LOOKED_AT; i++, line = lines.readLine()) {
        try {
          JsonNode row = JSON.readTree(line);
          if (row.isObject()) {
            rows.add(row);
          }
        } catch (JsonProcessingException e) {
          // goes to the quarantine later; perhaps the next line is one
        }
      }
    } catch (IOException e) {
      throw Inspection.unreadable(file.getPath().toString(), e);
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: none of the first %d lines is a JSON object; one object per line is expected"
              .formatted(file.getPath(), MAX_LOOKED_AT));
    }
    return rows;
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return Parts.read(
        spark,
        Part.cut(files, partBytes, file -> Lines.isDivisible(hadoop, file.getPath())),
        new Lines<>(false, (part, conf) -> (line, file, row) -> decode(plan, line, file, row)));
  }

  private static Placed<Item> decode(InputPlan plan, String line, String file, LongSupplier row) {
    JsonNode object;
    try {
      object = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    if (!object.isObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    Numbers numbers = new Numbers(plan.shape(), plan.width());
    plan.features().forEach(name -> add(object.path(name), name, numbers));
    Object[] kept = plan.keptColumns().stream().map(name -> text(object.path(name))).toArray();
    String label = plan.label() == null ? null : text(object.path(plan.label()));
    return Item.sound(file, row, numbers.all(), kept, label);
  }

  private static void add(JsonNode value, String column, Numbers numbers) {
    if (value.isArray()) {
      value.forEach(element -> add(element, column, numbers));
    } else if (value.isNumber()) {
      numbers.add(value.floatValue(), column);
    } else if (value.isBoolean()) {
      numbers.add(value.booleanValue() ? 1 : 0, column);
    } else {
      numbers.addText(text(value), column);
    }
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() || value.isNull()
        ? null
        : value.isTextual() ? value.textValue() : value.toString();
  }
}
