package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnOrder;
import dev.braid.driver.source.column.ColumnSettings;
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
import dev.braid.worker.encoding.Values;
import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
import java.io.Serializable;
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
    this.format = format;
    this.wanted = format.wanted();
  }

  /**
   * Finds the columns a model reads: by the names it was trained with, or those that the settings
   * name where the model's file knows none.
   */
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + "." + format.kind();
    requireForOneInput(setting);
    List<FileStatus> files = format.find(inspection).files();
    FileStatus first = format.first(inspection, files);
    List<String> names = format.columns(inspection, first);
    if (model.input().encoding() == null) {
      format.requireSound(inspection, first);
    }
    Set<String> folders = FolderColumns.above(first.getPath()).keySet();
    List<String> asked = wanted.inputs().values().iterator().next().columns();
    List<String> label = wanted.outputs().values().iterator().next().columns();
    InputPlan table =
        InputPlan.ofTable(
            setting,
            names,
            folders,
            asked,
            label == null ? null : label.get(0),
            keep,
            model.input().shape());
    InputPlan plan =
        table.of(aligned(setting, model, names, folders, asked, table), encoding(model, table));
    format.requireFits(inspection, first, use(plan));
    requireOneFits(inspection, setting, first, plan);
    return plan;
  }

  private void requireForOneInput(String setting) {
    require(
        !wanted.named().inputs() && !wanted.named().outputs(),
        "%s: inputs and outputs are for models of several; only models of one input and one output"
            + " are applied: name features and label",
        setting);
    require(
        wanted.settings().values().stream().allMatch(ColumnSettings::sayOnlyWhere),
        "%s.columns: the model's file says how columns become numbers; leave it out, or say where"
            + " pictures lie: {picture: {base: folder}}",
        setting);
    List<String> label = wanted.outputs().values().iterator().next().columns();
    require(
        label == null || label.size() == 1,
        "%s.label: one column can be compared, not %s",
        setting,
        label);
  }

  private static InputEncoding encoding(ModelFacts model, InputPlan table) {
    return model.input().encoding() == null
        ? InputEncoding.ofNumbers(table.features())
        : model.input().encoding();
  }

  private static List<String> aligned(
      String setting,
      ModelFacts model,
      List<String> names,
      Set<String> folders,
      List<String> asked,
      InputPlan table) {
    if (model.input().encoding() == null) {
      return table.features();
    }
    Set<String> there = new LinkedHashSet<>(names);
    there.addAll(folders);
    return ColumnOrder.align(
        setting,
        model.input().encoding().names(),
        asked == null ? null : table.features(),
        there,
        table.features());
  }

  private static TableUse use(InputPlan plan) {
    return new TableUse(
        List.of(plan.encoding()),
        List.of(plan.features()),
        plan.label() == null ? List.of() : List.of(List.of(plan.label())),
        plan.keptColumns());
  }

  /** Refuses a table whose first rows have more or fewer numbers than the model takes. */
  private void requireOneFits(
      Inspection inspection, String setting, FileStatus file, InputPlan plan) {
    if (!plan.encoding().isPlain() || plan.encoding().maskedStep() > 0) {
      return;
    }
    Selection selection = new Selection(plan.features(), List.of(), plan.columns().size());
    try (Parts.Rows<Object[]> rows = format.rows(inspection.hadoop(), file, selection)) {
      Object[] last = null;
      Placed<Object[]> row = rows.next();
      for (int i = 0; row != null && i < MAX_LOOKED_AT; i++, row = rows.next()) {
        last = row.isBroken() ? last : row.value();
        if (last != null && width(plan.encoding().columns(), last) == plan.width()) {
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
            empty < 0 ? "" : plan.features().get(empty),
            name);
        plan.requireFits(setting, name, width(plan.encoding().columns(), last));
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
    void require(InputPlan plan, Object[] row, float[] input);
  }

  /** The rows, each encoded or with the reason why it cannot be. */
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes, RowCheck check) {
    TableUse use = use(plan);
    Selection selection =
        format.isColumnar()
            ? use.fittingSelection(plan.columns().size())
            : use.selection(plan.columns().size());
    Broadcast<InputPlan> sent =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(plan);
    List<FileStatus> read = files.stream().filter(format::isRead).toList();
    return format
        .rows(spark, read, selection, partBytes)
        .map(row -> row.map(own -> item(sent.value(), own, check)));
  }

  private static Item item(InputPlan plan, Object[] row, RowCheck check) {
    int features = plan.features().size();
    boolean labelled = plan.label() != null;
    Object[] kept = Arrays.copyOfRange(row, features + (labelled ? 1 : 0), row.length);
    String label = labelled && !Values.isMissing(row[features]) ? Values.text(row[features]) : null;
    float[] input = plan.encoding().input(row, plan.features(), plan.width());
    check.require(plan, row, input);
    return new Item(input, kept, label);
  }
}
