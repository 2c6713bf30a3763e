package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.picture.ClassFolders;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Lines;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.driver.source.table.TableItems;
import dev.braid.driver.source.text.KnownWords;
import dev.braid.driver.source.text.TextRows;
import dev.braid.driver.source.text.WordSettings;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Texts, as [length] indices of words: 0 fills up what is shorter, 1 stands for all words that are
 * not known. How texts become indices is kept in the model's file and taken from there for all
 * later texts; settings that are given again must say the same. For a model whose file keeps no
 * words, the settings of a scoring tell it. A text without any word is set apart in a scoring. The
 * text itself may be kept, as column "text".
 *
 * @param path a file, a folder or a wildcard
 * @param separator what stands between a label in front of each line and the text; by default a tab
 *     where examples are learned from, while in a scoring lines then have no label
 * @param texts whether a line or a whole file is a text; lines by default
 * @param labelFromFolder whether the name of the folder a file lies in is its texts' class; false
 *     by default
 * @param vectors file of word vectors (word2vec or GloVe), whose words are the known ones; by
 *     default the most frequent words of the training texts are
 * @param vocabulary instead of vectors, a file with a known word at the beginning of each line, in
 *     the order of their indices
 * @param maxWords only the first so many of them; by default all of the file's, or 20,000
 * @param length words of a text; needed for the training texts alone
 * @param tokenizer how a text is cut into words, as for {@code embed}; by default letters
 * @param pad which end of a short text is filled up; by default the start, so that the last word
 *     comes last, but the end for models whose file keeps no words
 * @param cut which end of a long text is cut off; by default the end
 * @param first index of the first known word; by default 2, and always where examples are learned
 *     from
 * @param unknown index of all other words; by default 1, and always where examples are learned from
 * @param padding index that fills up; by default 0, and always where examples are learned from
 * @param align instead of pad and cut, which end of a text stays where it is
 */
public record Text(
    String path,
    String separator,
    Texts texts,
    Boolean labelFromFolder,
    String vectors,
    String vocabulary,
    Integer maxWords,
    Integer length,
    String tokenizer,
    End pad,
    End cut,
    Integer first,
    Integer unknown,
    Integer padding,
    End align)
    implements Unnamed {
  private static final String TAB = "\t";

  /** What is one text. */
  public enum Texts {
    /** Every line that is not blank. */
    @JsonProperty("lines")
    LINES,
    /** Every file. */
    @JsonProperty("files")
    FILES
  }

  public Text {
    texts = texts == null ? Texts.LINES : texts;
    labelFromFolder = labelFromFolder != null && labelFromFolder;
    require(separator == null || !separator.isEmpty(), "text.separator is empty");
    require(
        separator == null || (texts == Texts.LINES && !labelFromFolder),
        "separator: labels stand in front of lines, or are the names of folders; set only one of"
            + " separator, labelFromFolder and texts: files");
    require(
        vectors == null || vocabulary == null,
        "text.vectors and text.vocabulary both name the known words; set only one of them");
    require(
        align == null || (pad == null && cut == null),
        "text.align says what text.pad and text.cut say; leave it out");
    require(maxWords == null || maxWords > 0, "text.maxWords must be at least 1, got %s", maxWords);
    require(length == null || length > 0, "text.length must be at least 1, got %s", length);
    require(first == null || first >= 0, "text.first must not be negative, got %s", first);
    if (tokenizer != null) {
      Tokenizer.of(tokenizer);
    }
  }

  /** How the texts of a model are encoded; empty where it reads none. */
  static Optional<WordIndices> words(InputEncoding encoding) {
    return encoding != null
            && encoding.columns().size() == 1
            && encoding.columns().get(0).as() instanceof WordIndices words
        ? Optional.of(words)
        : Optional.empty();
  }

  /** An input that is made of texts alone. */
  static InputEncoding encoding(WordIndices words) {
    return new InputEncoding(List.of(new EncodedColumn(TextRows.TEXT, words, null)), 0);
  }

  private KnownWords known() {
    return new KnownWords(
        vectors == null ? vocabulary : vectors,
        vectors == null ? "vocabulary" : "vectors",
        maxWords);
  }

  private WordSettings wordSettings() {
    End away = align == null ? null : align == End.START ? End.END : End.START;
    return new WordSettings(
        known(),
        length,
        tokenizer,
        new WordSettings.Ends(pad == null ? away : pad, cut == null ? away : cut),
        new WordSettings.Places(first, unknown, padding));
  }

  @Override
  public String feature() {
    return TextRows.TEXT;
  }

  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return texts == Texts.LINES && Lines.isDivisible(hadoop, file.getPath());
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    if (labelFromFolder || !selection.all().contains(TableColumns.LABEL)) {
      ClassFolders folders = labelFromFolder ? ClassFolders.of(path, hadoop) : null;
      return new TextRows(selection, texts == Texts.FILES, null, folders);
    }
    return new TextRows(selection, false, separator == null ? TAB : separator, null);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    String setting = inspection.setting() + ".text";
    require(
        texts == Texts.LINES || labelFromFolder,
        "%s.labelFromFolder: whole files have no labels but the names of their folders; set it to"
            + " true",
        setting);
    Optional<WordIndices> training =
        inspection
            .training()
            .map(facts -> facts.inputs().get(0).encoding())
            .or(() -> inspection.encodings().stream().findFirst())
            .flatMap(Text::words);
    WordIndices words = wordSettings().words(inspection, setting, training);
    SourceFacts facts = new TableExamples(this).inspect(inspection, List.of(encoding(words)));
    boolean open = words.words().size() == 0 && inspection.training().isEmpty();
    return open && facts.numExamples().isPresent()
        ? with(facts, words.with(known().mostFrequent(this, inspection, words).words()))
        : facts;
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    SourceFacts complete = Unnamed.super.complete(spark, facts);
    WordIndices words = words(complete.inputs().get(0).encoding()).orElseThrow();
    return words.words().size() > 0
        ? complete
        : with(complete, words.with(known().mostFrequent(this, spark, words).words()));
  }

  private static SourceFacts with(SourceFacts facts, WordIndices words) {
    return facts.withInputs(List.of(facts.inputs().get(0).with(encoding(words))));
  }

  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".text";
    find(inspection);
    boolean labelled = separator != null || labelFromFolder;
    List<String> columns = labelled ? columns(inspection, null) : List.of(TextRows.TEXT);
    ModelDescription.Input input = model.inputs().get(0);
    WordIndices words =
        wordSettings().words(inspection, setting, words(input.encoding()), input.shape().size());
    return InputPlan.ofOne(
        setting,
        TextRows.TEXT,
        encoding(words),
        labelled,
        InputPlan.kept(columns, Set.of(), keep),
        model);
  }

  /** A model's answer to a text without words would say nothing of it. */
  @Override
  public JavaRDD<Placed<Item>> items(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    return new TableItems(this).read(spark, plan, files, partBytes, Text::requireWords);
  }

  private static void requireWords(InputPlan plan, Object[] row, float[][] inputs) {
    WordIndices words = words(plan.use().encodings().get(0)).orElseThrow();
    for (float index : inputs[0]) {
      if (index != words.padding()) {
        return;
      }
    }
    require(!words.wordsOf((String) row[0]).isEmpty(), "the text has no word");
  }
}
