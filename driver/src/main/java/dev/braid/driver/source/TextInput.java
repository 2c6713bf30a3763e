package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.VectorReader;
import dev.braid.worker.embedding.Tokenizer;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.format.Utf8;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.transfer.WordRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * Texts, for models that read the indices of words: a text is cut into words, each word becomes its
 * index in a vocabulary, and the indices are cut or filled up to the length the model reads. A
 * model that was trained from texts keeps how that is done, and is asked so whatever the settings
 * say; for others the settings tell it. A text without any word goes to the quarantine. The text
 * itself may be kept, as column "text".
 *
 * @param path a file, a folder or a wildcard
 * @param separator what stands between a label in front of each line and the text, for metrics;
 *     without it lines have no label
 * @param texts whether a line or a whole file is a text; lines if left out
 * @param labelFromFolder whether the name of the folder a file lies in is its texts' class, for
 *     metrics; false if left out
 * @param vocabulary a file with a word at the beginning of each line, in the order of their
 *     indices, or the file of vectors that {@code text.vectors} named in training; needed where the
 *     model keeps no words
 * @param tokenizer as in the job files of {@code braid embed}; letters if left out
 * @param first index of the vocabulary's first word; 2 if left out
 * @param unknown index of words the vocabulary does not have; 1 if left out
 * @param padding index that fills up short texts; 0 if left out
 * @param align which end of a text stays where it is too long, and stands at its place where it is
 *     too short; start if left out
 */
public record TextInput(
    @JsonProperty(required = true) String path,
    String separator,
    Texts texts,
    Boolean labelFromFolder,
    String vocabulary,
    String tokenizer,
    Integer first,
    Integer unknown,
    Integer padding,
    End align)
    implements Input, Serializable {
  private static final String LABEL = "label";

  public TextInput {
    texts = texts == null ? Texts.LINES : texts;
    labelFromFolder = labelFromFolder != null && labelFromFolder;
    tokenizer = tokenizer == null ? "letters" : tokenizer;
    first = first == null ? WordRows.FIRST : first;
    unknown = unknown == null ? WordRows.UNKNOWN : unknown;
    padding = padding == null ? WordRows.PADDING : padding;
    align = align == null ? End.START : align;
    Tokenizer.of(tokenizer);
    require(first >= 0, "first must not be negative, got %d", first);
    require(separator == null || !separator.isEmpty(), "separator is empty");
    require(
        separator == null || (texts == Texts.LINES && !labelFromFolder),
        "separator: labels stand in front of lines, or are the names of folders; set only one of"
            + " separator, labelFromFolder and texts: files");
  }

  /** What is one text. */
  public enum Texts {
    /** Every line that is not blank. */
    @JsonProperty("lines")
    LINES,
    /** Every file. */
    @JsonProperty("files")
    FILES
  }

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".text";
    inspection.files("text.path", path);
    WordIndices words =
        Text.words(model.encoding()).orElseGet(() -> fromSettings(inspection, model.inputWidth()));
    boolean labelled = separator != null || labelFromFolder;
    List<String> columns = labelled ? List.of(Text.COLUMN, LABEL) : List.of(Text.COLUMN);
    return InputPlan.ofTable(
            setting,
            columns,
            Set.of(),
            List.of(Text.COLUMN),
            labelled ? LABEL : null,
            keep,
            model.inputShape())
        .of(List.of(Text.COLUMN), Text.encoding(words));
  }

  /** For a model that does not say how its texts are encoded. */
  private WordIndices fromSettings(Inspection inspection, int length) {
    String setting = inspection.setting() + ".text.vocabulary";
    require(
        vocabulary != null,
        "%s is missing: the file of the words in the order of their indices, as the model keeps"
            + " none",
        setting);
    FileStatus file = inspection.files("text.vocabulary", vocabulary).get(0);
    String name = file.getPath().toString();
    List<String> words =
        VectorReader.isVectors(name, inspection.hadoop())
            ? VectorReader.words(name, inspection.hadoop(), Integer.MAX_VALUE)
            : listed(inspection, file);
    require(!words.isEmpty(), "%s: %s is empty", setting, vocabulary);
    End other = align == End.START ? End.END : End.START;
    return new WordIndices(
        tokenizer, new Vocabulary(words), length, first, unknown, padding, other, other);
  }

  private static List<String> listed(Inspection inspection, FileStatus file) {
    try (BufferedReader lines = inspection.text(file)) {
      return lines.lines().map(line -> line.strip().split("\\s", 2)[0]).toList();
    } catch (IOException e) {
      throw Inspection.unreadable(file.getPath().toString(), e);
    } catch (UncheckedIOException e) {
      throw Inspection.unreadable(file.getPath().toString(), e.getCause());
    }
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = sc.hadoopConfiguration();
    Broadcast<WordIndices> words = sc.broadcast(Text.words(plan.encoding()).orElseThrow());
    ArrayList<String> kept = new ArrayList<>(plan.keptColumns());
    return Parts.read(
            spark,
            Part.cut(
                files,
                partBytes,
                file -> texts == Texts.LINES && Lines.isDivisible(hadoop, file.getPath())),
            reader(hadoop))
        .map(row -> row.map(text -> item(text, words.value(), kept)));
  }

  private Parts.Reader<LabelledText> reader(Configuration hadoop) {
    ClassFolders folders = labelFromFolder ? ClassFolders.of(path, hadoop) : null;
    if (separator != null) {
      LabelledText.InLines lines = new LabelledText.InLines(separator);
      return new Lines<>(false, (part, conf) -> lines);
    }
    return texts == Texts.LINES
        ? new Lines<>(false, (part, conf) -> (line, file, row) -> placed(line, file, row, folders))
        : (part, conf) -> Parts.once(whole(part, conf, folders));
  }

  private static Placed<LabelledText> placed(
      String text, String file, LongSupplier row, ClassFolders folders) {
    String label = folders == null ? null : folders.of(new Path(file));
    return Placed.sound(file, row, new LabelledText(label, text));
  }

  /** A file as one row. */
  private static Placed<LabelledText> whole(Part part, Configuration hadoop, ClassFolders folders)
      throws IOException {
    byte[] bytes;
    try (InputStream in = Inspection.open(new Path(part.file()), hadoop)) {
      bytes = in.readAllBytes();
    }
    try {
      return placed(Utf8.text(bytes), part.file(), () -> 1, folders);
    } catch (IllegalArgumentException e) {
      return Placed.broken(part.file(), () -> 1, e.getMessage());
    }
  }

  private static Item item(LabelledText text, WordIndices words, List<String> kept) {
    List<String> found = words.wordsOf(text.text());
    require(!found.isEmpty(), "the text has no word");
    Object[] values =
        kept.stream().map(name -> name.equals(Text.COLUMN) ? text.text() : text.label()).toArray();
    return new Item(words.indices(found), values, text.label());
  }
}
