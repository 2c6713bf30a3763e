package dev.braid.driver.source.table;

import static dev.braid.worker.Check.require;

import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.encoding.Vocabulary;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Counts the words of texts, to find those that a network is to know: the most frequent. */
final class WordCounts {
  private final TextEncoding text;
  private final Map<String, Long> counts = new HashMap<>();

  /**
   * @param text how texts are cut into words, and how many may be known
   */
  WordCounts(TextEncoding text) {
    this.text = text;
  }

  /** Counts the words of one text; one that is missing has none. */
  void add(Object value) {
    if (!Values.isMissing(value)) {
      for (String word : text.wordsOf(value)) {
        if (text.mayKnow(word)) {
          counts.merge(word, 1L, Long::sum);
        }
      }
    }
  }

  /** The most frequent words of the texts so far. */
  List<String> mostFrequent() {
    return words(
        counts.entrySet().stream()
            .map(count -> new Tuple2<>(count.getKey(), count.getValue()))
            .sorted(new ByFrequency())
            .limit(text.mostWords())
            .toList());
  }

  /** The most frequent words of rows that hold one text each, in one Spark job. */
  static List<String> mostFrequent(JavaRDD<Object[]> rows, TextEncoding text) {
    return words(
        rows.mapPartitionsToPair(
                part -> {
                  WordCounts own = new WordCounts(text);
                  part.forEachRemaining(row -> own.add(row[0]));
                  return own.counts.entrySet().stream()
                      .map(count -> new Tuple2<>(count.getKey(), count.getValue()))
                      .iterator();
                })
            .reduceByKey(Long::sum)
            .map(count -> count)
            .takeOrdered(text.mostWords(), new ByFrequency()));
  }

  private static List<String> words(List<Tuple2<String, Long>> counts) {
    require(!counts.isEmpty(), "the texts to learn from have no word; choose another tokenizer");
    return counts.stream().map(Tuple2::_1).toList();
  }

  /** The order in which words are known. */
  private static final class ByFrequency implements Comparator<Tuple2<String, Long>>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      return Vocabulary.compareByFrequency(a._1(), a._2(), b._1(), b._2());
    }
  }
}
