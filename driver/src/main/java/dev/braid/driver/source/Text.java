package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.VectorReader;
import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.embedding.Tokenizer;
import dev.braid.worker.transfer.WordRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Lines of text with a label in front, as [length] indices of words: 0 fills up what is shorter, in
 * front, so that the last word comes last; 1 stands for all words that are not known; what is
 * longer loses its end.
 *
 * @param path a file, a folder or a wildcard
 * @param separator what stands between label and text; by default a tab
 * @param vectors file of word vectors (word2vec or GloVe), whose words are the known ones
 * @param maxWords only the first so many of them; by default all
 * @param length words of a text
 * @param tokenizer how a text is cut into words, as for {@code embed}; by default letters
 */
public record Text(
    String path,
    String separator,
    String vectors,
    Integer maxWords,
    Integer length,
    String tokenizer)
    implements Source, Serializable {
  public Text {
    separator = separator == null ? "\t" : separator;
    tokenizer = tokenizer == null ? "letters" : tokenizer;
    maxWords = maxWords == null ? Integer.MAX_VALUE : maxWords;
    require(!separator.isEmpty(), "text.separator is empty");
    require(vectors != null, "text.vectors is missing: the word vectors whose words are known");
    require(maxWords > 0, "text.maxWords must be at least 1, got %s", maxWords);
    require(
        length != null && length > 0,
        "text.length must be at least 1: words of a text, such as 50; got %s",
        length);
    Tokenizer.of(tokenizer);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    LabelScan labels = new LabelScan(inspection, 1);
    long left = inspection.maxBytes();
    long count = 0;
    boolean complete = true;
    for (FileStatus file : inspection.files("text.path", path)) {
      String name = file.getPath().toString();
      try (BufferedReader lines = inspection.text(file)) {
        long row = 0;
        String line = lines.readLine();
        for (; line != null && left > 0; line = lines.readLine()) {
          left -= line.length() + 1;
          row++;
          if (!line.isBlank()) {
            labels.add(label(line), name + ", row " + row);
            count++;
          }
        }
        complete = complete && line == null;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
      } catch (IOException e) {
        throw Inspection.unreadable(name, e);
      }
    }
    VectorReader.words(vectors, inspection.hadoop(), 1);
    return new SourceFacts(
        List.of(new Input(List.of(length), Kind.FLOAT)),
        labels.labels(complete),
        complete ? OptionalLong.of(count) : OptionalLong.empty());
  }

  @Override
  public SourceFacts complete(SparkSession spark, SourceFacts facts) {
    return facts.labels().isOpen()
        ? facts.withLabels(
            Labels.ofClasses(
                1,
                lines(spark).filter(line -> !line.isBlank()).map(this::label).distinct().collect()))
        : facts;
  }

  private String label(String line) {
    int end = line.indexOf(separator);
    require(
        end > 0,
        "'%s' has no label in front of a separator '%s'; see text.separator",
        line.length() > 40 ? line.substring(0, 40) + "..." : line,
        separator);
    return line.substring(0, end).strip();
  }

  private JavaRDD<String> lines(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).textFile(path);
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = sc.hadoopConfiguration();
    Broadcast<Map<String, Integer>> sent =
        sc.broadcast(WordRows.indices(VectorReader.words(vectors, hadoop, maxWords)));
    Labels labels = facts.labels();
    JavaPairRDD<String, Long> numbered = lines(spark).zipWithIndex();
    Text settings = this;
    return Examples.of(
        numbered.map(line -> line),
        facts.layout(),
        () -> new Words(settings, sent.value(), new LabelCoder(labels)),
        () -> {});
  }

  /** Turns lines that come with their number into rows. */
  private static final class Words implements Encoder<Tuple2<String, Long>> {
    private final Text settings;
    private final Map<String, Integer> indices;
    private final LabelCoder labels;
    private final Tokenizer tokenizer;

    Words(Text settings, Map<String, Integer> indices, LabelCoder labels) {
      this.settings = settings;
      this.indices = indices;
      this.labels = labels;
      this.tokenizer = Tokenizer.of(settings.tokenizer);
    }

    @Override
    public byte[] encode(Tuple2<String, Long> element) {
      String line = element._1();
      if (line.isBlank()) {
        return null;
      }
      String label = settings.label(line);
      String text = line.substring(line.indexOf(settings.separator) + settings.separator.length());
      List<String> words = new ArrayList<>(tokenizer.words(text));
      int taken = Math.min(words.size(), settings.length);
      ByteBuffer row = ByteBuffer.allocate((settings.length + 1) * Float.BYTES);
      for (int i = taken; i < settings.length; i++) {
        row.putFloat(WordRows.PADDING);
      }
      for (String word : words.subList(0, taken)) {
        row.putFloat(indices.getOrDefault(word, WordRows.UNKNOWN));
      }
      return row.putFloat(labels.code(label, "label")).array();
    }

    @Override
    public String place(Tuple2<String, Long> element) {
      return settings.path + ", line " + (element._2() + 1);
    }
  }
}
