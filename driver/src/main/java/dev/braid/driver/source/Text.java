package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.VectorReader;
import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.embedding.Tokenizer;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.transfer.WordRows;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Lines of text with a label in front, as [length] indices of words: 0 fills up what is shorter, 1
 * stands for all words that are not known. How texts become indices is kept in the model's file and
 * taken from there for all later texts.
 *
 * @param path a file, a folder or a wildcard
 * @param separator what stands between label and text; by default a tab
 * @param vectors file of word vectors (word2vec or GloVe), whose words are the known ones; by
 *     default the most frequent words of the training texts are
 * @param maxWords only the first so many of them; by default all of the vectors', or 20,000
 * @param length words of a text; needed for the training texts alone
 * @param tokenizer how a text is cut into words, as for {@code embed}; by default letters
 * @param pad which end of a short text is filled up; by default the start, so that the last word
 *     comes last
 * @param cut which end of a long text is cut off; by default the end
 */
public record Text(
    String path,
    String separator,
    String vectors,
    Integer maxWords,
    Integer length,
    String tokenizer,
    End pad,
    End cut)
    implements Source, Serializable {
  private static final int MAX_FREQUENT = 20_000;

  /** What a model's file calls the texts. */
  static final String COLUMN = "text";

  public Text {
    separator = separator == null ? "\t" : separator;
    require(!separator.isEmpty(), "text.separator is empty");
    require(maxWords == null || maxWords > 0, "text.maxWords must be at least 1, got %s", maxWords);
    require(length == null || length > 0, "text.length must be at least 1, got %s", length);
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
    return new InputEncoding(List.of(new EncodedColumn(COLUMN, words, null)), 0);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    LabelScan labels = new LabelScan(inspection, 1);
    FoundFiles found = inspection.find("text.path", path);
    long left = inspection.maxBytes();
    long count = 0;
    boolean complete = true;
    for (FileStatus file : found.files()) {
      try (Parts.Rows<LabelledText> rows = reader().open(Part.of(file), inspection.hadoop())) {
        Placed<LabelledText> row = rows.next();
        for (; row != null && rows.numChars() <= left; row = rows.next()) {
          if (isSound(row, labels, inspection.skipsBroken())) {
            count++;
          }
        }
        complete = complete && row == null;
        left -= rows.numChars();
      } catch (IOException e) {
        throw Inspection.unreadable(file.getPath().toString(), e);
      }
    }
    WordIndices words = words(inspection);
    return new SourceFacts(
            List.of(
                new Input(Input.ONLY, List.of(words.length()), Kind.FLOAT, false, encoding(words))),
            List.of(labels.labels(complete)),
            complete ? OptionalLong.of(count) : OptionalLong.empty())
        .withRemarks(found.leftOut().isEmpty() ? List.of() : List.of(found.leftOut().toString()));
  }

  private static boolean isSound(Placed<LabelledText> row, LabelScan labels, boolean skipsBroken) {
    if (row.isBroken()) {
      require(skipsBroken, "%s: %s", row.place(), row.problem());
      return false;
    }
    try {
      labels.add(row.value().label(), row.place());
      return true;
    } catch (IllegalArgumentException e) {
      if (!skipsBroken) {
        throw e;
      }
      return false;
    }
  }

  private static Lines<LabelledText> linesOf(String separator) {
    return new Lines<>(false, (part, hadoop) -> new LabelledText.InLines(separator));
  }

  private Lines<LabelledText> reader() {
    return linesOf(separator);
  }

  /** How texts are encoded: as the training's are, or as the settings say. */
  private WordIndices words(Inspection inspection) {
    String setting = inspection.setting() + ".text";
    Optional<WordIndices> training =
        inspection
            .training()
            .map(facts -> facts.inputs().get(0).encoding())
            .or(() -> inspection.encodings().stream().findFirst())
            .flatMap(Text::words);
    if (training.isPresent()) {
      requireAlike(setting, training.get());
      return training.get();
    }
    require(
        length != null,
        "%s.length is missing: how many words of a text are read, such as 50",
        setting);
    Vocabulary known = new Vocabulary(List.of());
    if (vectors != null) {
      int most = maxWords == null ? Integer.MAX_VALUE : maxWords;
      known = new Vocabulary(VectorReader.words(vectors, inspection.hadoop(), most));
    }
    return new WordIndices(
        tokenizer == null ? "letters" : tokenizer,
        known,
        length,
        WordRows.FIRST,
        WordRows.UNKNOWN,
        WordRows.PADDING,
        pad == null ? End.START : pad,
        cut == null ? End.END : cut);
  }

  /** Settings that are given again may not contradict those of the training texts. */
  private void requireAlike(String setting, WordIndices training) {
    requireAlike(setting + ".length", length, training.length());
    requireAlike(setting + ".tokenizer", tokenizer, training.tokenizer());
    requireAlike(setting + ".pad", pad, training.pad());
    requireAlike(setting + ".cut", cut, training.cut());
  }

  private static void requireAlike(String setting, Object given, Object training) {
    require(
        given == null || given.equals(training),
        "%s is %s, but the training texts were encoded with %s; leave it out",
        setting,
        given,
        training);
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    SourceFacts complete = facts;
    if (facts.labels().isOpen()) {
      complete =
          complete.withLabels(
              Labels.ofClasses(1, texts(spark).map(LabelledText::label).distinct().collect()));
    }
    WordIndices words = words(facts.inputs().get(0).encoding()).orElseThrow();
    if (words.words().size() > 0) {
      return complete;
    }
    Vocabulary frequent = frequent(spark, words);
    require(frequent.size() > 0, "text.path: the texts in %s have no word", path);
    return complete.withInputs(List.of(facts.inputs().get(0).with(encoding(words.with(frequent)))));
  }

  /**
   * The most frequent words of all texts; of those that are as frequent the first by their text.
   */
  private Vocabulary frequent(SparkSession spark, WordIndices words) {
    Comparator<Tuple2<String, Long>> order = new ByFrequency();
    JavaPairRDD<String, Long> counts =
        texts(spark)
            .mapPartitionsToPair(
                texts -> {
                  Map<String, Long> own = new HashMap<>();
                  texts.forEachRemaining(
                      text ->
                          words
                              .wordsOf(text.text())
                              .forEach(word -> own.merge(word, 1L, Long::sum)));
                  return own.entrySet().stream()
                      .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
                      .iterator();
                })
            .reduceByKey(Long::sum);
    int most = maxWords == null ? MAX_FREQUENT : maxWords;
    return new Vocabulary(
        counts.map(count -> count).takeOrdered(most, order).stream().map(Tuple2::_1).toList());
  }

  private static final class ByFrequency implements Comparator<Tuple2<String, Long>>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      int byCount = b._2().compareTo(a._2());
      return byCount != 0 ? byCount : a._1().compareTo(b._1());
    }
  }

  private JavaRDD<Placed<LabelledText>> rows(SparkSession spark) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files = Inspection.of(hadoop).files("text.path", path);
    long partBytes = Part.bytes(files, spark.sparkContext().defaultParallelism());
    return Parts.read(
        spark,
        Part.cut(files, partBytes, file -> Lines.isDivisible(hadoop, file.getPath())),
        reader());
  }

  /** The texts that can be read. */
  private JavaRDD<LabelledText> texts(SparkSession spark) {
    return rows(spark).filter(row -> !row.isBroken()).map(Placed::value);
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<WordIndices> words =
        sc.broadcast(words(facts.inputs().get(0).encoding()).orElseThrow());
    return Examples.ofItems(
        rows(spark).map(row -> row.map(text -> item(text, words.value()))), facts, Placed::place);
  }

  private static Item item(LabelledText text, WordIndices words) {
    return new Item(words.indices(words.wordsOf(text.text())), new Object[0], text.label());
  }
}
