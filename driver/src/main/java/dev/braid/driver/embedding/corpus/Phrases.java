package dev.braid.driver.embedding.corpus;

import static dev.braid.worker.Check.require;

import dev.braid.worker.embedding.token.CorpusChunk;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Joins words that stand together far more often than by chance, new_york (Mikolov et al. 2013,
 * "Distributed Representations of Words and Phrases and their Compositionality", section 4):
 *
 * <pre>  score(a, b) = (count(a b) - minCount) x tokens / (count(a) x count(b))</pre>
 *
 * @param threshold pairs that score higher become one word; 100 is usual
 * @param minCount pairs that stand together less often stay apart
 * @param passes each joins what the one before has made: two make phrases of up to four words
 */
public record Phrases(double threshold, long minCount, int passes) implements Serializable {
  /** Between two words: no tokenizer leaves it in one. */
  private static final String SEPARATOR = "\u0000";

  private static final int MAX_PASSES = 10;

  public Phrases {
    require(threshold > 0, "phrases.threshold must be above 0, got %s", threshold);
    require(minCount >= 1, "phrases.minCount must be at least 1, got %d", minCount);
    require(
        passes >= 1 && passes <= MAX_PASSES,
        "phrases.passes must be 1 to %d, got %d",
        MAX_PASSES,
        passes);
  }

  /**
   * The corpus with phrases joined; the one given is closed. The phrases found go to every executor
   * each pass, so they must fit there: counting spills, they are few.
   */
  public Corpus join(SparkSession spark, Corpus corpus) {
    Corpus joined = corpus;
    for (int pass = 0; pass < passes; pass++) {
      Corpus before = joined;
      Broadcast<Set<String>> found =
          new JavaSparkContext(spark.sparkContext()).broadcast(find(before));
      JavaRDD<byte[]> chunks =
          before
              .chunks()
              .map(bytes -> join(CorpusChunk.fromBytes(bytes), found.value()).toBytes())
              .persist(StorageLevel.MEMORY_AND_DISK());
      chunks.count();
      before.close();
      joined = new Corpus(chunks);
    }
    return joined;
  }

  /** Pairs that score above the threshold, each with the separator between its words. */
  Set<String> find(Corpus corpus) {
    int numPartitions = Math.max(2, corpus.numSplits());
    JavaPairRDD<String, Long> words =
        corpus
            .chunks()
            .flatMapToPair(bytes -> CorpusVocabulary.counts(CorpusChunk.fromBytes(bytes)))
            .reduceByKey(Long::sum, numPartitions)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long numTokens = words.values().fold(0L, Long::sum);
      double needed = threshold / numTokens;
      long discount = minCount;
      return new HashSet<>(
          corpus
              .chunks()
              .flatMapToPair(bytes -> pairs(CorpusChunk.fromBytes(bytes)))
              .reduceByKey(Long::sum, numPartitions)
              .filter(pair -> pair._2 >= discount)
              .mapToPair(pair -> new Tuple2<>(first(pair._1), pair))
              .join(words, numPartitions)
              // The pair, and its score but for the second word.
              .mapToPair(
                  word -> {
                    Tuple2<String, Long> pair = word._2._1;
                    double score = (double) (pair._2 - discount) / word._2._2;
                    return new Tuple2<>(second(pair._1), new Tuple2<>(pair._1, score));
                  })
              .join(words, numPartitions)
              .filter(word -> word._2._1._2 / word._2._2 > needed)
              .map(word -> word._2._1._1)
              .collect());
    } finally {
      words.unpersist();
    }
  }

  private static String first(String pair) {
    return pair.substring(0, pair.indexOf(SEPARATOR));
  }

  private static String second(String pair) {
    return pair.substring(pair.indexOf(SEPARATOR) + 1);
  }

  private static Iterator<Tuple2<String, Long>> pairs(CorpusChunk chunk) {
    Map<Long, Long> counts = new HashMap<>();
    int begin = 0;
    for (int end : chunk.textEnds()) {
      for (int t = begin + 1; t < end; t++) {
        counts.merge((long) chunk.codes()[t - 1] << 32 | chunk.codes()[t], 1L, Long::sum);
      }
      begin = end;
    }
    List<Tuple2<String, Long>> pairs = new ArrayList<>();
    counts.forEach(
        (pair, count) ->
            pairs.add(
                new Tuple2<>(
                    chunk.words()[(int) (pair >>> 32)]
                        + SEPARATOR
                        + chunk.words()[(int) (long) pair],
                    count)));
    return pairs.iterator();
  }

  /** From left to right; a word joins one phrase in a pass. */
  static CorpusChunk join(CorpusChunk chunk, Set<String> phrases) {
    String[] words = chunk.words();
    Map<String, Integer> dictionary = new HashMap<>();
    List<String> joined = new ArrayList<>();
    int[] codes = new int[chunk.codes().length];
    int[] ends = new int[chunk.textEnds().length];
    int size = 0;
    int t = 0;
    for (int text = 0; text < ends.length; text++) {
      int end = chunk.textEnds()[text];
      while (t < end) {
        String word = words[chunk.codes()[t++]];
        if (t < end && phrases.contains(word + SEPARATOR + words[chunk.codes()[t]])) {
          word = word + "_" + words[chunk.codes()[t++]];
        }
        Integer code = dictionary.putIfAbsent(word, joined.size());
        if (code == null) {
          code = joined.size();
          joined.add(word);
        }
        codes[size++] = code;
      }
      ends[text] = size;
    }
    int[] all = java.util.Arrays.copyOf(codes, size);
    int[] counts = new int[joined.size()];
    for (int code : all) {
      counts[code]++;
    }
    return new CorpusChunk(
        chunk.number(), joined.toArray(String[]::new), counts, all, ends, chunk.brokenLines());
  }
}
