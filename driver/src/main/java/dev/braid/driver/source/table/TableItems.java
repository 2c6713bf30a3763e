package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnOrder;
import dev.braid.driver.source.column.Columns;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Numbers;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.shape.Shape;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/** The rows of files as items that a model is applied to, encoded as its file says. */
public final class TableItems {
  private static final int MAX_LOOKED_AT = 100;

  private final RowFormat format;
  private final TableColumns wanted;

  public TableItems(RowFormat format) {
    this(format, format.wanted());
  }

  /**
   * Of a format of which a scoring wants other columns than a training.
   *
   * @param wanted the columns a scoring wants
   */
  public TableItems(RowFormat format, TableColumns wanted) {
    this.format = format;
    this.wanted = wanted;
  }

  /**
   * Finds the columns a model reads: by the names it was trained with, or those that the settings
   * name where the model's file knows none.
   */
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + "." + format.kind();
    ModelColumns asked = ModelColumns.of(setting, wanted, model);
    List<FileStatus> files = format.find(inspection).files();
    FileStatus first = format.first(inspection, files);
    List<String> names = format.columns(inspection, first);
    if (model.inputs().stream().anyMatch(input -> input.encoding() == null)) {
      format.requireSound(inspection, first);
    }
    Set<String> folders = FolderColumns.above(first.getPath()).keySet();
    InputPlan plan = plan(setting, new Found(names, folders), asked, model, keep);
    format.requireFits(inspection, first, plan.use());
    for (int i = 0; i < model.inputs().size(); i++) {
      requireOneFits(inspection, setting, first, plan, i);
    }
    return plan;
  }

  /** The columns of a table and those in the names of its folders. */
  private record Found(List<String> names, Set<String> folders) {
    List<String> named(String setting, List<String> wanted) {
      return Columns.names(setting, names, folders, wanted);
    }

    Set<String> all() {
      Set<String> all = new LinkedHashSet<>(names);
      all.addAll(folders);
      return all;
    }
  }

  private static InputPlan plan(
      String setting, Found found, ModelColumns wanted, ModelFacts model, List<String> keep) {
    List<List<String>> labels =
        wanted.labels().stream()
            .map(
                label ->
                    label.columns() == null
                        ? List.<String>of()
                        : found.named(label.setting(), label.columns()))
            .toList();
    List<String> kept = InputPlan.kept(found.names, found.folders, keep);
    List<String> others =
        found.names.stream()
            .filter(name -> labels.stream().noneMatch(own -> own.contains(name)))
            .filter(name -> !kept.contains(name))
            .toList();
    List<List<String>> inputs = new ArrayList<>();
    List<InputEncoding> encodings = new ArrayList<>();
    for (ModelColumns.Asked asked : wanted.inputs()) {
      List<String> columns =
          asked.columns() == null ? null : found.named(asked.setting(), asked.columns());
      InputEncoding known = model.inputs().get(inputs.size()).encoding();
      require(
          known != null || columns != null || !others.isEmpty(),
          "%s: no column is left for the inputs",
          setting);
      List<String> own = columns == null ? others : columns;
      inputs.add(
          known == null
              ? own
              : ColumnOrder.align(setting, known.names(), columns, found.all(), others));
      encodings.add(known == null ? InputEncoding.ofNumbers(own) : known);
    }
    return new InputPlan(
        found.names,
        new TableUse(encodings, inputs, labels, InputPlan.read(kept)),
        kept,
        model.shapes());
  }

  /** Refuses a table whose first rows have more or fewer numbers than the model takes. */
  private void requireOneFits(
      Inspection inspection, String setting, FileStatus file, InputPlan plan, int input) {
    InputEncoding encoding = plan.use().encodings().get(input);
    if (!encoding.isPlain() || encoding.isRagged() || encoding.maskedStep() > 0) {
      return;
    }
    List<String> names = plan.use().inputs().get(input);
    Selection selection = new Selection(names, List.of(), plan.columns().size());
    int expected = plan.shapes().get(input).size();
    try (Parts.Rows<Object[]> rows = format.rows(inspection.hadoop(), file, selection)) {
      Object[] last = null;
      Placed<Object[]> row = rows.next();
      for (int i = 0; row != null && i < MAX_LOOKED_AT; i++, row = rows.next()) {
        last = row.isBroken() ? last : row.value();
        if (last != null && width(encoding.columns(), last) == expected) {
          return;
        }
      }
      if (last != null) {
        String name = file.getPath().toString();
        int empty = Arrays.asList(last).indexOf(null);
        require(
            empty < 0,
            "%s: column '%s' is empty in a row of %s",
            setting,
            empty < 0 ? "" : names.get(empty),
            name);
        plan.requireFits(setting, name, input, width(encoding.columns(), last));
      }
    } catch (IOException e) {
      throw FileContent.unreadable(file.getPath().toString(), e);
    }
  }

  private static int width(List<EncodedColumn> columns, Object[] row) {
    int width = 0;
    for (int i = 0; i < row.length; i++) {
      EncodedColumn column = columns.get(i);
      width += column.as() instanceof Numbers ? Numbers.count(row[i]) : column.rawWidth();
    }
    return width;
  }

  /** Refuses a row that can be encoded, but to which an answer would mean nothing. */
  public interface RowCheck extends Serializable {
    void require(InputPlan plan, Object[] row, float[][] inputs);
  }

  /** The rows, each encoded or with the reason why it cannot be. */
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes, RowCheck check) {
    TableUse use = plan.use();
    Selection selection =
        format.isColumnar()
            ? use.fittingSelection(plan.columns().size(), format.wanted())
            : use.selection(plan.columns().size(), format.wanted());
    Broadcast<InputPlan> sent =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(plan);
    List<FileStatus> read = files.stream().filter(format::isRead).toList();
    return format
        .rows(spark, read, selection, partBytes)
        .map(row -> row.map(own -> item(sent.value(), own, check)));
  }

  /** The values of a row are those of each input, of each output and the kept ones. */
  private static Item item(InputPlan plan, Object[] row, RowCheck check) {
    TableUse use = plan.use();
    float[][] inputs = new float[use.inputs().size()][];
    int at = 0;
    for (int i = 0; i < inputs.length; i++) {
      List<String> columns = use.inputs().get(i);
      Shape shape = plan.shapes().get(i);
      int width = shape.isRagged() ? 0 : shape.size(); // of no meaning for sequences of any length
      inputs[i] = use.encodings().get(i).input(row, at, columns, width);
      at += columns.size();
    }
    check.require(plan, row, inputs);
    Object[][] labels = new Object[use.outputs().size()][];
    for (int i = 0; i < labels.length; i++) {
      int next = at + use.outputs().get(i).size();
      labels[i] = Arrays.copyOfRange(row, at, next);
      at = next;
    }
    return new Item(inputs, labels, Arrays.copyOfRange(row, at, row.length));
  }
}
