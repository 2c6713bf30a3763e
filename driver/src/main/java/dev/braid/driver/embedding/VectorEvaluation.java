package dev.braid.driver.embedding;

import static dev.braid.worker.Check.require;

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
    require(maxWords >= 1, "the number of words to look at must be at least 1, got %d", maxWords);
    sc = new JavaSparkContext(spark.sparkContext());
    dimension = vectors.dimension();
    int numWords = (int) Math.min(maxWords, vectors.numWords());
    units = new float[Math.multiplyExact(numWords, dimension)];
    vectors
        .blocks()
        .filter(bytes -> VectorBlock.fromBytes(bytes).first() < numWords)
        .collect()
        .forEach(bytes -> add(VectorBlock.fromBytes(bytes), numWords));
  }

  private void add(VectorBlock block, int numWords) {
    for (int i = 0; i < block.words().length && block.first() + i < numWords; i++) {
      int at = i * dimension;
      float[] unit = Cosine.unit(Arrays.copyOfRange(block.vectors(), at, at + dimension));
      System.arraycopy(unit, 0, units, (block.first() + i) * dimension, dimension);
      places.merge(upper(block.words()[i]), block.first() + i, Math::min);
    }
  }

  /**
   * Similarity of pairs.
   *
   * @param spearman rank correlation between the cosines and people's judgement
   * @param numPairs pairs both of whose words are known
   * @param numMissing the others
   */
  public record Similarity(double spearman, int numPairs, int numMissing) {}

  /**
   * Scores pairs.
   *
   * @param lines two words and a number, apart by tabs or blanks; those that begin with # are left
   *     out
   */
  public Similarity similarity(List<String> lines) {
    List<double[]> scores = new ArrayList<>();
    int missing = 0;
    for (String line : lines) {
      String[] parts = line.split(line.contains("\t") ? "\t" : "\\s+", -1);
      if (line.startsWith("#") || parts.length < 3) {
        continue;
      }
      Integer a = places.get(upper(parts[0].trim()));
      Integer b = places.get(upper(parts[1].trim()));
      if (!isNumber(parts[2])) {
        continue; // a head line
      }
      if (a == null || b == null) {
        missing++;
        continue;
      }
      double cosine =
          Cosine.dot(
              Arrays.copyOfRange(units, a * dimension, (a + 1) * dimension), units, b * dimension);
      scores.add(new double[] {Double.parseDouble(parts[2]), cosine});
    }
    require(scores.size() >= 2, "only %d of the pairs have known words", scores.size());
    return new Similarity(
        Spearman.correlation(
            scores.stream().mapToDouble(s -> s[0]).toArray(),
            scores.stream().mapToDouble(s -> s[1]).toArray()),
        scores.size(),
        missing);
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
   * Answers analogies, spread over the cluster.
   *
   * @param lines four words each; a line {@code : name} begins a section
   * @return the sections that have questions, then the total
   */
  public List<Section> analogies(List<String> lines) {
    List<String> names = new ArrayList<>();
    List<int[]> questions = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(":")) {
        names.add(line.substring(1).trim());
        continue;
      }
      require(!names.isEmpty(), "analogies begin with a line ': name of a section'");
      int[] question = question(line, names.size() - 1);
      if (question != null) {
        questions.add(question);
      }
    }
    require(!questions.isEmpty(), "no analogy has four known words");
    Broadcast<float[]> sent = sc.broadcast(units);
    try {
      int width = dimension;
      List<int[]> answered =
          sc.parallelize(questions, Math.max(2, questions.size() / 256))
              .map(q -> new int[] {q[0], isCorrect(q, sent.value(), width) ? 1 : 0})
              .collect();
      return sections(names, answered);
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

  /** Section and the four words' places; null if one is unknown. */
  private int[] question(String line, int section) {
    String[] words = line.trim().split("\\s+", -1);
    if (words.length != 4) {
      return null;
    }
    int[] question = new int[5];
    question[0] = section;
    for (int i = 0; i < 4; i++) {
      Integer place = places.get(upper(words[i]));
      if (place == null) {
        return null;
      }
      question[i + 1] = place;
    }
    return question;
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

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text.trim());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
