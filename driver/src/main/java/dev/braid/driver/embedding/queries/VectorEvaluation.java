package dev.braid.driver.embedding.queries;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.worker.embedding.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * How well the most frequent words' vectors agree with people: similarity of pairs and analogies,
 * by the rules of gensim's {@code evaluate_word_pairs} and {@code evaluate_word_analogies}: upper
 * and lower case are the same, questions with an unknown word are left out, an analogy's answer is
 * none of its three given words.
 */
public final class VectorEvaluation {
  private final JavaSparkContext sc;
  private final int dimension;
  private final Map<String, Integer> places = new HashMap<>();
  private final float[] units;

  /**
   * @param maxWords only so many of the most frequent words are looked at
   */
  public VectorEvaluation(SparkSession spark, WordVectors vectors, int maxWords) {
    sc = new JavaSparkContext(spark.sparkContext());
    dimension = vectors.dimension();
    FrequentWords words = FrequentWords.of(vectors, maxWords);
    units = words.vectors();
    for (int i = 0; i < words.words().size(); i++) {
      float[] unit = Cosine.unit(row(units, i, dimension));
      System.arraycopy(unit, 0, units, i * dimension, dimension);
      places.putIfAbsent(upper(words.words().get(i)), i);
    }
  }

  /**
   * Similarity of pairs.
   *
   * @param spearman rank correlation between the cosines and people's judgement
   * @param numPairs pairs both of whose words are known
   * @param unknown the others
   */
  public record Similarity(double spearman, int numPairs, UnknownWords unknown) {}

  /**
   * Scores pairs.
   *
   * @throws IllegalArgumentException when fewer than two have known words
   */
  public Similarity similarity(List<WordPair> pairs) {
    UnknownWords unknown = new UnknownWords();
    List<double[]> scores = new ArrayList<>();
    for (WordPair pair : pairs) {
      int[] found = places(List.of(pair.a(), pair.b()), unknown);
      if (found != null) {
        float[] first = row(units, found[0], dimension);
        double cosine = Cosine.dot(first, units, found[1] * dimension);
        scores.add(new double[] {pair.score(), cosine});
      }
    }
    require(
        scores.size() >= 2,
        "only %d of %d pairs have known words; %s",
        scores.size(),
        pairs.size(),
        unknown.sentence());
    return new Similarity(
        Spearman.correlation(
            scores.stream().mapToDouble(s -> s[0]).toArray(),
            scores.stream().mapToDouble(s -> s[1]).toArray()),
        scores.size(),
        unknown);
  }

  /** The words' places; null where one is unknown, which is noted. */
  private int[] places(List<String> words, UnknownWords unknown) {
    List<String> missing = words.stream().filter(word -> !places.containsKey(upper(word))).toList();
    if (!missing.isEmpty()) {
      unknown.leaveOut(missing);
      return null;
    }
    return words.stream().mapToInt(word -> places.get(upper(word))).toArray();
  }

  /**
   * Analogies of one section.
   *
   * @param name of the section
   * @param numCorrect answered as expected
   * @param numAsked questions all of whose words are known
   */
  public record Section(String name, int numCorrect, int numAsked) {
    /** Share of correct answers. */
    public double accuracy() {
      return (double) numCorrect / numAsked;
    }
  }

  /**
   * What became of analogies.
   *
   * @param sections those that have questions with known words, then the total
   * @param unknown the other questions
   */
  public record Analogies(List<Section> sections, UnknownWords unknown) {}

  /**
   * Answers analogies, spread over the cluster.
   *
   * @throws IllegalArgumentException when none has four known words
   */
  public Analogies analogies(List<AnalogyQuestion> asked) {
    UnknownWords unknown = new UnknownWords();
    List<String> names = asked.stream().map(AnalogyQuestion::section).distinct().toList();
    List<int[]> questions = new ArrayList<>();
    for (AnalogyQuestion question : asked) {
      int[] found = places(question.words(), unknown);
      if (found != null) {
        int section = names.indexOf(question.section());
        questions.add(new int[] {section, found[0], found[1], found[2], found[3]});
      }
    }
    require(
        !questions.isEmpty(),
        "none of %d analogies has four known words; %s",
        asked.size(),
        unknown.sentence());
    Broadcast<float[]> sent = sc.broadcast(units);
    try {
      int width = dimension;
      List<int[]> answered =
          sc.parallelize(questions, Math.max(2, questions.size() / 256))
              .map(q -> new int[] {q[0], isCorrect(q, sent.value(), width) ? 1 : 0})
              .collect();
      return new Analogies(sections(names, answered), unknown);
    } finally {
      sent.destroy();
    }
  }

  private static List<Section> sections(List<String> names, List<int[]> answered) {
    int[] correct = new int[names.size()];
    int[] asked = new int[names.size()];
    for (int[] answer : answered) {
      correct[answer[0]] += answer[1];
      asked[answer[0]]++;
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (asked[i] > 0) {
        sections.add(new Section(names.get(i), correct[i], asked[i]));
      }
    }
    sections.add(new Section("total", Arrays.stream(correct).sum(), Arrays.stream(asked).sum()));
    return sections;
  }

  private static boolean isCorrect(int[] question, float[] units, int dimension) {
    float[] query = row(units, question[2], dimension);
    Cosine.add(query, row(units, question[1], dimension), -1);
    Cosine.add(query, row(units, question[3], dimension), 1);
    int best = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < units.length / dimension; i++) {
      if (i == question[1] || i == question[2] || i == question[3]) {
        continue;
      }
      double product = Cosine.dot(query, units, i * dimension);
      if (product > highest) {
        highest = product;
        best = i;
      }
    }
    return best == question[4];
  }

  private static float[] row(float[] units, int place, int dimension) {
    return Arrays.copyOfRange(units, place * dimension, (place + 1) * dimension);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
