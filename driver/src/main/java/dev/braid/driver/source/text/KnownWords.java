package dev.braid.driver.source.text;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.RowFormat;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordList;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Where the words that a model of texts knows come from: a file, or the texts themselves, whose
 * most frequent words they are then.
 *
 * @param file of word vectors, or of a word at the beginning of each line; null for the texts
 * @param setting what the settings call it
 * @param maxWords only the first so many; null for all of a file's, or 20,000 of the texts'
 */
public record KnownWords(String file, String setting, Integer maxWords) {
  private static final int MAX_FREQUENT = 20_000;
  private static final Selection LABELLED =
      new Selection(List.of(TextRows.TEXT, TableColumns.LABEL), List.of(), 2);

  /** The words of the file. */
  WordList read(Inspection inspection, String section) {
    List<String> words = read(inspection, maxWords == null ? Integer.MAX_VALUE : maxWords);
    require(!words.isEmpty(), "%s.%s: %s is empty", section, setting, file);
    return new WordList(words);
  }

  private List<String> read(Inspection inspection, int most) {
    FileStatus found = inspection.files("text." + setting, file).get(0);
    String name = found.getPath().toString();
    if (setting.equals("vectors") || VectorReader.isVectors(name, inspection.hadoop())) {
      return VectorReader.words(name, inspection.hadoop(), most);
    }
    try (BufferedReader lines = FileContent.text(found.getPath(), inspection.hadoop())) {
      return lines.lines().limit(most).map(line -> line.strip().split("\\s", 2)[0]).toList();
    } catch (IOException e) {
      throw FileContent.unreadable(name, e);
    } catch (UncheckedIOException e) {
      throw FileContent.unreadable(name, e.getCause());
    }
  }

  /**
   * Refuses settings that tell of other words than those of the training texts.
   *
   * @param training no words at all where they are still to be found among the training texts
   */
  void requireAlike(Inspection inspection, String section, WordList training) {
    boolean alike =
        file == null
            ? maxWords == null || maxWords >= training.size()
            : read(inspection, maxWords == null ? training.size() : maxWords)
                .equals(training.words());
    require(
        alike,
        "%s.%s: the training texts were encoded with %,d words, and these are others; leave it out",
        section,
        file == null ? "maxWords" : setting,
        training.size());
  }

  /** The most frequent words of texts that are small enough to be read on this machine. */
  public WordList mostFrequent(RowFormat texts, Inspection inspection, WordIndices encoding) {
    Map<String, Long> counts = new HashMap<>();
    for (FileStatus file : texts.findLabelled(inspection).files()) {
      try (Parts.Rows<Object[]> rows = texts.rows(inspection.hadoop(), file, LABELLED)) {
        for (Placed<Object[]> row = rows.next(); row != null; row = rows.next()) {
          if (!row.isBroken()) {
            count(row.value(), encoding, counts);
          }
        }
      } catch (IOException e) {
        throw FileContent.unreadable(file.getPath().toString(), e);
      }
    }
    return vocabulary(
        texts,
        counts.entrySet().stream()
            .map(count -> new Tuple2<>(count.getKey(), count.getValue()))
            .sorted(new ByFrequency())
            .limit(most())
            .toList());
  }

  /** The most frequent words of texts, in one Spark job. */
  public WordList mostFrequent(RowFormat texts, SparkSession spark, WordIndices encoding) {
    JavaPairRDD<String, Long> counts =
        new TableExamples(texts)
            .rows(spark, LABELLED)
            .mapPartitionsToPair(
                rows -> {
                  Map<String, Long> own = new HashMap<>();
                  rows.forEachRemaining(row -> count(row, encoding, own));
                  return own.entrySet().stream()
                      .map(count -> new Tuple2<>(count.getKey(), count.getValue()))
                      .iterator();
                })
            .reduceByKey(Long::sum);
    return vocabulary(texts, counts.map(count -> count).takeOrdered(most(), new ByFrequency()));
  }

  private static void count(Object[] row, WordIndices encoding, Map<String, Long> counts) {
    encoding.wordsOf((String) row[0]).forEach(word -> counts.merge(word, 1L, Long::sum));
  }

  private int most() {
    return maxWords == null ? MAX_FREQUENT : maxWords;
  }

  private static WordList vocabulary(RowFormat texts, List<Tuple2<String, Long>> counts) {
    require(!counts.isEmpty(), "text.path: the texts in %s have no word", texts.path());
    return new WordList(counts.stream().map(Tuple2::_1).toList());
  }

  /** The most frequent first; of those that are as frequent the first by their text. */
  private static final class ByFrequency implements Comparator<Tuple2<String, Long>>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      int byCount = b._2().compareTo(a._2());
      return byCount != 0 ? byCount : a._1().compareTo(b._1());
    }
  }
}
