package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.ColumnOrder;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.Columns;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TableUse;
import dev.braid.driver.source.column.TextSettings;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Examples;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.KeyedExamples;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.FolderColumns;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.Missing;
import dev.braid.worker.encoding.Numbers;
import dev.braid.worker.encoding.Series;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** The rows of files as labelled examples to learn from, or to evaluate a model on. */
public final class TableExamples {
  /** Rows in which the widths of columns are looked for. */
  private static final int MAX_ROWS_FOR_WIDTHS = 1000;

  /**
   * Rows of which the labels are looked at before Spark starts, where columns can be read alone.
   */
  private static final long MAX_LABELS = 100_000;

  /** Pictures of each file that are looked at before Spark starts. */
  private static final long MAX_PICTURES = 5;

  private final RowFormat format;
  private final TableColumns wanted;

  public TableExamples(RowFormat format) {
    this(format, format.wanted());
  }

  private TableExamples(RowFormat format, TableColumns wanted) {
    this.format = format;
    this.wanted = wanted;
  }

  /** The same without the columns of labels that are made of the inputs. */
  private TableExamples forOutputs(List<Optional<Task>> tasks) {
    List<String> outputs = List.copyOf(wanted.outputs().keySet());
    return new TableExamples(
        format,
        wanted.withoutLabels(
            name -> tasks.get(outputs.indexOf(name)).filter(Task::isOfInputs).isPresent()));
  }

  private TableExamples forOutputs(SourceFacts facts) {
    return forOutputs(facts.outputs().stream().map(o -> Optional.of(o.task())).toList());
  }

  /** The tasks of the outputs as far as they are said. */
  private List<Optional<Task>> tasks(Inspection inspection) {
    List<Labels> training = inspection.training().map(SourceFacts::outputs).orElse(List.of());
    List<Optional<Task>> tasks = new ArrayList<>();
    for (Map.Entry<String, NamedOutput> output : wanted.outputs().entrySet()) {
      int i = tasks.size();
      tasks.add(
          i < training.size()
              ? Optional.of(training.get(i).task())
              : Optional.ofNullable(output.getValue().task())
                  .or(() -> inspection.task(output.getKey())));
    }
    return tasks;
  }

  /** The files of a table and what their columns are used for. */
  private record Found(
      FoundFiles below, TableUse use, Selection selection, Optional<String> weight) {
    List<FileStatus> files() {
      return below.files();
    }
  }

  /** Looks at headers, types and first rows, without Spark. */
  public SourceFacts inspect(Inspection inspection) {
    return inspect(
        inspection,
        inspection.training().map(TableExamples::encodings).orElse(inspection.encodings()));
  }

  /**
   * Looks at rows whose encodings are known.
   *
   * @param known per input its encoding; null, or none at all, where it is to be found
   */
  public SourceFacts inspect(Inspection inspection, List<InputEncoding> known) {
    List<Optional<Task>> tasks = tasks(inspection);
    SourceFacts facts = forOutputs(tasks).inspectColumns(inspection, known).withTokens();
    require(
        tasks.stream().noneMatch(task -> task.filter(Task::isOfInputs).isPresent())
            || readsOneText(facts),
        "%s: what comes next is told of one text of any length, by 'stream', by 'text' without"
            + " length, or by a column that is set to be a text; the inputs are %s",
        inspection.setting(),
        facts.inputs().stream().map(input -> input.name() + " " + input.shape()).toList());
    return facts;
  }

  private static boolean readsOneText(SourceFacts facts) {
    InputEncoding first = facts.inputs().get(0).encoding();
    return facts.inputs().size() == 1
        && first != null
        && first.columns().size() == 1
        && first.columns().get(0).as() instanceof TokenIds;
  }

  private SourceFacts inspectColumns(Inspection inspection, List<InputEncoding> known) {
    Found found = find(inspection, known);
    List<InputEncoding> encodings = new ArrayList<>();
    List<Integer> widths = widths(inspection, found);
    int at = 0;
    for (int i = 0; i < found.use.inputs().size(); i++) {
      List<String> names = found.use.inputs().get(i);
      InputEncoding encoding = at(known, i);
      if (encoding == null) {
        int maskedStep = maskedStep(i);
        List<EncodedColumn> columns = new ArrayList<>();
        for (int k = 0; k < names.size(); k++) {
          int width = maskedStep > 0 ? 0 : Math.max(1, widths.get(at + k));
          columns.add(column(inspection, i, names.get(k), width));
        }
        encoding = new InputEncoding(columns, maskedStep);
      }
      encodings.add(encoding);
      at += names.size();
    }
    TableUse use =
        new TableUse(encodings, found.use.inputs(), found.use.outputs(), found.use.kept());
    for (FileStatus file : found.files()) {
      format.requireFits(inspection, file, use);
    }
    return facts(
        inspection,
        new Found(found.below, use, found.selection, found.weight),
        widths.subList(at, widths.size()));
  }

  /** How a column of an input is encoded, as far as the settings and first rows say it. */
  private EncodedColumn column(Inspection inspection, int input, String name, int width) {
    Shape shape = new ArrayList<>(wanted.inputs().values()).get(input).shape();
    ColumnSettings settings = wanted.settings(input, name, format.usual(name));
    EncodedColumn column = settings.column(name, width);
    TextSettings text = settings.text();
    if (text != null && text.known().file() != null && column.as() instanceof TextEncoding open) {
      String setting = "%s.%s.columns.%s".formatted(inspection.setting(), format.kind(), name);
      return new EncodedColumn(
          name, open.with(text.known().read(inspection, setting + ".text")), column.missing());
    }
    return shape != null && shape.isRagged() && column.as() instanceof Numbers
        ? new EncodedColumn(name, new Series(shape.stepSize(), Lengths.ANY), column.missing())
        : column;
  }

  private SourceFacts facts(Inspection inspection, Found found, List<Integer> labelWidths) {
    List<Integer> outputWidths = new ArrayList<>();
    int at = 0;
    for (List<String> columns : found.use.outputs()) {
      int width = 0;
      for (int k = 0; k < columns.size(); k++) {
        width += Math.max(1, labelWidths.get(at++));
      }
      outputWidths.add(width);
    }
    List<LabelScan> labels = LabelScan.of(inspection, wanted, outputWidths);
    int numColumns = found.selection.numColumns();
    lookAtPictures(inspection, found);
    TableUse plain = found.use.withoutPictures();
    boolean apart = format.isColumnar();
    TableHead head =
        new TableHead(
            format,
            inspection,
            apart ? plain.inputsAlone() : plain,
            wanted,
            apart ? List.of() : labels);
    head.read(found.files(), numColumns, inspection.maxBytes(), Long.MAX_VALUE);
    List<InputEncoding> encodings = withPictures(found.use, head.encodings());
    if (apart) {
      head = new TableHead(format, inspection, found.use.outputsAlone(), wanted, labels);
      head.read(found.files(), numColumns, Long.MAX_VALUE, MAX_LABELS);
    }
    boolean complete = head.isComplete();
    OptionalLong counted = format.numRows(inspection, found.files());
    List<Labels> outputs = labels.stream().map(scan -> scan.labels(complete)).toList();
    List<String> remarks = new ArrayList<>();
    if (complete) {
      labels.forEach(scan -> scan.remark().ifPresent(remarks::add));
    }
    remarks.addAll(found.below.leftOut().remarks());
    List<Input> inputs = inputs(encodings);
    OptionalLong rows =
        counted.isPresent() || !complete ? counted : OptionalLong.of(head.numRows());
    boolean split = inputs.stream().anyMatch(Input::isSplit);
    return new SourceFacts(
        inputs, outputs, split ? OptionalLong.empty() : rows, remarks, found.weight);
  }

  /**
   * Reads the first few pictures, so that those that are not where they are named are told soon.
   */
  private void lookAtPictures(Inspection inspection, Found found) {
    TableUse pictures = found.use.picturesAlone();
    if (!pictures.inputs().isEmpty()) {
      TableHead head = new TableHead(format, inspection, pictures, wanted, List.of());
      head.read(found.files(), found.selection.numColumns(), Long.MAX_VALUE, MAX_PICTURES);
    }
  }

  /** The encodings in the order of the inputs, those of pictures among the others. */
  private static List<InputEncoding> withPictures(TableUse use, List<InputEncoding> others) {
    List<InputEncoding> all = new ArrayList<>();
    int next = 0;
    for (InputEncoding encoding : use.encodings()) {
      all.add(encoding.picture() == null ? others.get(next++) : encoding);
    }
    return all;
  }

  private List<Input> inputs(List<InputEncoding> encodings) {
    List<Input> inputs = new ArrayList<>();
    wanted
        .inputs()
        .forEach(
            (name, input) -> {
              InputEncoding encoding = encodings.get(inputs.size());
              if (encoding.picture() != null) {
                inputs.add(picture(name, input, encoding));
                return;
              }
              if (encoding.isRagged()) {
                inputs.add(ragged(name, input, encoding));
                return;
              }
              int width = input.masked() ? input.shape().size() : Math.max(1, encoding.width());
              boolean open = hasOpenCategories(encoding);
              List<Integer> given = input.shape() == null ? null : input.shape().sizes();
              Input plain = Input.of(open ? null : given, width, Kind.FLOAT);
              List<Integer> shape = open && given != null ? given : plain.shape();
              inputs.add(new Input(name, shape, Kind.FLOAT, input.masked(), encoding));
            });
    return inputs;
  }

  private static Input picture(String name, NamedInput input, InputEncoding encoding) {
    List<Integer> shape = encoding.picture().shape();
    require(
        input.shape() == null || input.shape().sizes().equals(shape),
        "input '%s' is set to have the shape %s, but its pictures are %s; leave the shape out",
        name,
        input.shape(),
        shape);
    return new Input(name, shape, Kind.BYTE, false, encoding);
  }

  private static Input ragged(String name, NamedInput input, InputEncoding encoding) {
    boolean single = encoding.sequence() instanceof TokenIds;
    Shape shape = single ? Shape.ragged() : Shape.ragged(encoding.width());
    require(
        input.shape() == null || input.shape().equals(shape),
        "input '%s' is set to have the shape %s, but column '%s' is %s of any length, %s; leave the"
            + " shape out",
        name,
        input.shape(),
        encoding.names().get(0),
        encoding.isOfIds() ? "a text" : "a series",
        shape);
    return new Input(name, shape.sizes(), Kind.FLOAT, false, encoding);
  }

  private static boolean hasOpenCategories(InputEncoding encoding) {
    return encoding != null && encoding.columns().stream().anyMatch(TableExamples::isOpen);
  }

  /** Whether its categories are still to be found. */
  static boolean isOpen(EncodedColumn column) {
    return column.as() instanceof Categories categories
        && categories.isOpen()
        && categories.values().isEmpty();
  }

  private static boolean hasOpenTexts(InputEncoding encoding) {
    return encoding != null
        && encoding.columns().stream()
            .anyMatch(column -> column.as() instanceof TextEncoding text && text.isOpen());
  }

  private int maskedStep(int input) {
    return new ArrayList<>(wanted.inputs().values()).get(input).maskedStep();
  }

  private static List<InputEncoding> encodings(SourceFacts facts) {
    List<InputEncoding> encodings = new ArrayList<>();
    facts.inputs().forEach(input -> encodings.add(input.encoding())); // some may be null
    return encodings;
  }

  private static InputEncoding at(List<InputEncoding> known, int i) {
    return i < known.size() ? known.get(i) : null;
  }

  /**
   * Finds the columns.
   *
   * @param known per input its encoding in training; null where there is none
   */
  private Found find(Inspection inspection, List<InputEncoding> known) {
    String setting = inspection.setting() + "." + format.kind();
    FoundFiles below = format.findLabelled(inspection);
    FileStatus first = format.first(inspection, below.files());
    List<String> names = format.columns(inspection, first);
    if (known.stream().noneMatch(encoding -> encoding != null)) {
      format.requireSound(inspection, first);
    }
    Set<String> folders = FolderColumns.above(first.getPath()).keySet();
    Beside beside =
        inspection.training().isEmpty() ? inspection.beside() : inspection.beside().among(names);
    Columns columns = Columns.find(setting, names, folders, wanted, beside);
    wanted.requireUsed(
        setting, new LinkedHashSet<>(columns.inputs().stream().flatMap(List::stream).toList()));
    Set<String> there = new LinkedHashSet<>(names);
    there.addAll(folders);
    List<List<String>> inputs = new ArrayList<>();
    for (int i = 0; i < columns.inputs().size(); i++) {
      List<String> own = columns.inputs().get(i);
      inputs.add(
          at(known, i) == null
              ? own
              : ColumnOrder.align(
                  setting, known.get(i).names(), columns.asked().get(i) ? own : null, there, own));
    }
    TableUse use = new TableUse(known, inputs, columns.outputs(), List.of());
    return new Found(below, use, use.selection(names.size(), wanted), beside.weight());
  }

  /** Per column how many numbers its first value holds; 0 where there is none. */
  private List<Integer> widths(Inspection inspection, Found found) {
    Selection names = found.selection.reading(List.of()); // not the files that some name
    Integer[] widths = new Integer[names.values().size()];
    Arrays.fill(widths, 0);
    int rows = 0;
    for (FileStatus file : found.files()) {
      try (Parts.Rows<Object[]> head = format.rows(inspection.hadoop(), file, names)) {
        for (Placed<Object[]> row = head.next(); row != null; row = head.next()) {
          for (int i = 0; !row.isBroken() && i < widths.length; i++) {
            widths[i] = widths[i] > 0 ? widths[i] : (Integer) Numbers.count(row.value()[i]);
          }
          if (++rows == MAX_ROWS_FOR_WIDTHS || !Arrays.asList(widths).contains(0)) {
            return List.of(widths);
          }
        }
      } catch (IOException e) {
        throw FileContent.unreadable(file.getPath().toString(), e);
      }
    }
    return List.of(widths);
  }

  /**
   * Finds the classes and categories that only all rows together tell, in one Spark job, and the
   * words of texts, in one more for each column of them.
   */
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return forOutputs(facts).completeColumns(spark, facts);
  }

  private SourceFacts completeColumns(SparkSession spark, SourceFacts facts) {
    return withClasses(spark, withWords(spark, facts).withTokens());
  }

  private SourceFacts withWords(SparkSession spark, SourceFacts facts) {
    List<InputEncoding> encodings = encodings(facts);
    if (encodings.stream().noneMatch(TableExamples::hasOpenTexts)) {
      return facts;
    }
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    Found found = find(inspection, encodings);
    List<Input> inputs = new ArrayList<>();
    for (Input input : facts.inputs()) {
      List<EncodedColumn> columns = new ArrayList<>();
      List<String> own = found.use.inputs().get(inputs.size());
      for (EncodedColumn column : input.encoding().columns()) {
        int k = columns.size();
        columns.add(
            column.as() instanceof TextEncoding text && text.isOpen()
                ? column.filled(text.with(mostFrequent(spark, found, text, own.get(k))), List.of())
                : column);
      }
      inputs.add(input.with(new InputEncoding(columns, input.encoding().maskedStep())));
    }
    return facts.withInputs(inputs);
  }

  private List<String> mostFrequent(
      SparkSession spark, Found found, TextEncoding text, String column) {
    List<String> columns = new ArrayList<>(List.of(column));
    columns.addAll(found.use.labels()); // lines are texts with labels where these are asked for
    Selection selection = new Selection(columns, List.of(), found.selection.numColumns());
    return WordCounts.mostFrequent(rows(spark, selection), text);
  }

  private SourceFacts withClasses(SparkSession spark, SourceFacts facts) {
    List<InputEncoding> encodings = encodings(facts);
    boolean openInputs = encodings.stream().anyMatch(TableExamples::hasOpenCategories);
    if (!openInputs && facts.outputs().stream().noneMatch(Labels::isOpen)) {
      return facts;
    }
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    Found found = find(inspection, encodings);
    ArrayList<String> columns = new ArrayList<>();
    ArrayList<EncodedColumn> open = new ArrayList<>(); // per column; null for labels
    for (int i = 0; i < encodings.size(); i++) {
      for (int k = 0; openInputs && k < encodings.get(i).columns().size(); k++) {
        EncodedColumn column = encodings.get(i).columns().get(k);
        if (isOpen(column)) {
          columns.add(found.use.inputs().get(i).get(k));
          open.add(column);
        }
      }
    }
    int numCategories = columns.size();
    for (String label : found.use.labels()) {
      columns.add(label);
      open.add(null);
    }
    List<Tuple2<Integer, String>> texts =
        rows(spark, new Selection(columns, List.of(), found.selection.numColumns()))
            .flatMap(row -> texts(row, open).iterator())
            .distinct()
            .collect();
    SourceFacts known = openInputs ? withCategories(facts, texts) : facts;
    List<Integer> outputOf = new ArrayList<>();
    for (int i = 0; i < found.use.outputs().size(); i++) {
      for (int k = 0; k < found.use.outputs().get(i).size(); k++) {
        outputOf.add(i);
      }
    }
    return known.withClasses(
        output ->
            texts.stream()
                .filter(t -> t._1() >= numCategories)
                .filter(t -> outputOf.get(t._1() - numCategories) == output)
                .map(Tuple2::_2)
                .toList());
  }

  /** The value that stands for a missing one; null where none does. */
  static String valueOf(Missing missing) {
    return missing == null || missing.fill() != null ? null : missing.by();
  }

  private static List<Tuple2<Integer, String>> texts(Object[] row, List<EncodedColumn> open) {
    List<Tuple2<Integer, String>> texts = new ArrayList<>();
    for (int i = 0; i < row.length; i++) {
      int number = i;
      EncodedColumn column = open.get(i);
      Object value =
          column != null && column.isMissing(row[i]) ? valueOf(column.missing()) : row[i];
      RowEncoder.flat(value).stream()
          .filter(element -> !Values.isMissing(element))
          .forEach(element -> texts.add(new Tuple2<>(number, Values.text(element))));
    }
    return texts;
  }

  private static SourceFacts withCategories(
      SourceFacts facts, Collection<Tuple2<Integer, String>> texts) {
    int number = 0;
    List<Input> inputs = new ArrayList<>();
    for (Input input : facts.inputs()) {
      List<EncodedColumn> columns = new ArrayList<>();
      for (EncodedColumn column : input.encoding().columns()) {
        if (isOpen(column)) {
          int own = number++;
          Set<String> values = new TreeSet<>();
          texts.stream()
              .filter(t -> t._1() == own)
              .forEach(t -> values.add(Categories.name(t._2())));
          columns.add(
              new EncodedColumn(
                  column.name(),
                  new Categories(List.copyOf(values), Categories.Others.OPEN),
                  column.missing()));
        } else {
          columns.add(column);
        }
      }
      inputs.add(input.with(new InputEncoding(columns, input.encoding().maskedStep())));
    }
    return facts.withInputs(inputs);
  }

  /** The examples: their raw numbers, which are encoded when shards are made of them. */
  public Examples read(SparkSession spark, SourceFacts facts) {
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    Found found = forOutputs(facts).find(inspection, encodings(facts));
    Broadcast<RowEncoder> encoder =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new RowEncoder(facts, found.use.inputs(), found.use.outputs()));
    Selection selection = found.selection.keeping(facts.weight().stream().toList());
    return Examples.of(rows(spark, found.files(), selection), facts.layout(), encoder::value);
  }

  /**
   * The examples with what a drawing of parts goes by.
   *
   * @param by the column whose examples of one value stay together; null for none
   * @param stratified whether the label of the first output is the stratum
   */
  public KeyedExamples readKeyed(
      SparkSession spark, SourceFacts facts, String by, boolean stratified) {
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    Found found = forOutputs(facts).find(inspection, encodings(facts));
    List<String> beside = new ArrayList<>();
    facts.weight().ifPresent(beside::add);
    int group = by == null ? -1 : found.selection.values().size() + beside.size();
    if (by != null) {
      beside.add(by);
    }
    Selection selection = found.selection.keeping(beside);
    int numInputs = found.use.inputs().stream().mapToInt(List::size).sum();
    KeyedExamples.Key key = new KeyedExamples.Key(group, stratified ? numInputs : -1, by);
    Broadcast<RowEncoder> encoder =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new RowEncoder(facts, found.use.inputs(), found.use.outputs()));
    return Examples.keyed(
        rows(spark, found.files(), selection), facts.layout(), encoder::value, key);
  }

  /** Some columns of all rows that can be read. */
  public JavaRDD<Object[]> rows(SparkSession spark, Selection selection) {
    Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
    return rows(spark, format.findLabelled(inspection).files(), selection)
        .filter(row -> !row.isBroken())
        .map(Placed::value);
  }

  private JavaRDD<Placed<Object[]>> rows(
      SparkSession spark, List<FileStatus> files, Selection selection) {
    int cores = spark.sparkContext().defaultParallelism();
    long bytes =
        selection.files().isEmpty()
            ? FilePart.bytes(files, cores)
            : FilePart.bytesOfNames(files, cores);
    return format.rows(spark, files, selection, bytes);
  }
}
