package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TextSettings;
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
import dev.braid.driver.source.text.TextRows;
import dev.braid.driver.source.text.WordSettings;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Lengths.Longer;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.model.ModelDescription;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Texts, as the indices of their words: as many as a text has, or [length] of them, where 0 fills
 * up what is shorter; 1 stands for all words that are not known. How texts become indices is kept
 * in the model's file and taken from there for all later texts; settings that are given again must
 * say the same. For a model whose file keeps no words, the settings of a scoring tell it. A text
 * without any word is set apart in a scoring. The text itself may be kept, as column "text".
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
 * @param length words of a text; texts of any length are read as they are by default
 * @param tokenizer how a text is cut into words, as for {@code embed}, or, for texts of any length,
 *     characters; by default letters
 * @param pad which end of a short text is filled up; by default the start, so that the last word
 *     comes last, but the end for models whose file keeps no words
 * @param cut which end of a long text is cut off; by default the end
 * @param first index of the first known word; by default 2, and always where examples are learned
 *     from
 * @param unknown index of all other words; by default 1, and always where examples are learned from
 * @param padding index that fills up; by default 0, and always where examples are learned from
 * @param align instead of pad and cut, which end of a text stays where it is
 * @param maxLength words of the longest text, where they are of any length; no limit by default
 * @param longer what becomes of longer ones: cut, split or quarantine; by default they are cut
 * @param marks whether a mark stands before the first token of each text and one behind its last,
 *     as language models need that begin and end texts; false by default, and for texts of any
 *     length alone
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
    End align,
    Integer maxLength,
    Longer longer,
    Boolean marks)
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
    require(
        length == null || (maxLength == null && longer == null && marks == null),
        "text.maxLength, text.longer and text.marks are about texts of any length; leave them or"
            + " text.length out");
    if (tokenizer != null && length == null) {
      Tokenizer.ofTokens(tokenizer);
    } else if (tokenizer != null) {
      Tokenizer.of(tokenizer);
    }
  }

  /** How the texts of a model are encoded; empty where it reads none. */
  static Optional<TextEncoding> encoding(InputEncoding encoding) {
    return encoding != null
            && encoding.columns().size() == 1
            && encoding.columns().get(0).as() instanceof TextEncoding text
        ? Optional.of(text)
        : Optional.empty();
  }

  /** An input that is made of texts alone. */
  static InputEncoding input(TextEncoding text) {
    return new InputEncoding(List.of(new EncodedColumn(TextRows.TEXT, text, null)), 0);
  }

  private TextSettings textSettings() {
    return new TextSettings(
        tokenizer,
        vocabulary,
        vectors,
        maxWords,
        null,
        null,
        maxLength,
        longer,
        maxLength == null ? null : cut,
        marks,
        null,
        null);
  }

  /** What the one column of texts is taken for. */
  @Override
  public TableColumns wanted() {
    TextSettings settings = length == null ? textSettings() : textSettings().wordsAlone();
    return TableColumns.of(
        List.of(TableColumns.LABEL),
        List.of(TextRows.TEXT),
        null,
        null,
        null,
        Map.of(TextRows.TEXT, ColumnSettings.of(settings)));
  }

  private WordSettings wordSettings() {
    End away = align == null ? null : align == End.START ? End.END : End.START;
    return new WordSettings(
        textSettings().known(),
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
    Optional<TextEncoding> earlier =
        inspection
            .training()
            .map(facts -> facts.inputs().get(0).encoding())
            .or(() -> inspection.encodings().stream().findFirst())
            .flatMap(Text::encoding);
    return new TableExamples(this)
        .inspect(inspection, List.of(input(text(inspection, setting, earlier))));
  }

  /** How texts to learn from are encoded; the words may still be to be found. */
  private TextEncoding text(Inspection inspection, String setting, Optional<TextEncoding> earlier) {
    if (earlier.isPresent() && earlier.get() instanceof TokenIds tokens) {
      return alike(inspection, setting, tokens);
    }
    if (earlier.isPresent() || length != null) {
      return wordSettings().words(inspection, setting, earlier.map(known -> (WordIndices) known));
    }
    wordSettings().requireOfAnyLength(setting);
    TextSettings settings = textSettings();
    return settings.known().file() == null
        ? settings.open()
        : settings.open().with(settings.known().read(inspection, setting));
  }

  private TokenIds alike(Inspection inspection, String setting, TokenIds tokens) {
    wordSettings().requireOfAnyLength(setting);
    textSettings().requireAlike(inspection, setting, tokens);
    return tokens;
  }

  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".text";
    find(inspection);
    boolean labelled = separator != null || labelFromFolder;
    List<String> columns = labelled ? columns(inspection, null) : List.of(TextRows.TEXT);
    ModelDescription.Input input = model.inputs().get(0);
    Optional<TextEncoding> kept = encoding(input.encoding());
    TextEncoding text =
        kept.isPresent() && kept.get() instanceof TokenIds tokens
            ? alike(inspection, setting, tokens)
            : wordSettings()
                .words(
                    inspection,
                    setting,
                    kept.map(known -> (WordIndices) known),
                    input.shape().size());
    return InputPlan.ofOne(
        setting,
        TextRows.TEXT,
        input(text),
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
    if (!(encoding(plan.use().encodings().get(0)).orElseThrow() instanceof WordIndices words)) {
      return; // a text of any length without a word is refused as it is encoded
    }
    for (float index : inputs[0]) {
      if (index != words.padding()) {
        return;
      }
    }
    require(!words.wordsOf((String) row[0]).isEmpty(), "the text has no word");
  }
}
