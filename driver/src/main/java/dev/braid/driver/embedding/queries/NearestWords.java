package dev.braid.driver.embedding.queries;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorBlock;
import dev.braid.driver.embedding.vectors.WordVectors;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.embedding.token.Tokenizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** The words whose vectors are nearest by the cosine: each partition finds its own best. */
public final class NearestWords {
  private static final int MAX_EDITS = 2;
  private static final int NUM_SPELLINGS = 5;
  private static final Comparator<Neighbour> BEST_FIRST =
      Comparator.comparingDouble(Neighbour::cosine).reversed().thenComparing(Neighbour::word);

  private NearestWords() {}

  /**
   * A word found.
   *
   * @param word the word
   * @param cosine of the angle to what was asked for
   */
  public record Neighbour(String word, double cosine) {}

  /**
   * The words nearest to {@code word}, without itself, best first. A word with white space is also
   * known as {@link Tokenizer#joined}.
   *
   * @throws IllegalArgumentException if the word is unknown; names words spelled alike
   */
  public static List<Neighbour> to(WordVectors vectors, String word, int top) {
    Known known = lookUp(vectors, List.of(word)).get(0);
    return top(vectors, Cosine.unit(known.vector), Set.of(known.word), top);
  }

  /**
   * Words that are to {@code c} as {@code b} is to {@code a}: nearest to b - a + c with all three
   * of length one (3CosAdd, Mikolov et al. 2013), without the three, best first.
   *
   * @throws IllegalArgumentException if a word is unknown; names words spelled alike
   */
  public static List<Neighbour> analogy(
      WordVectors vectors, String a, String b, String c, int top) {
    List<Known> known = lookUp(vectors, List.of(a, b, c));
    float[] sum = Cosine.unit(known.get(1).vector);
    Cosine.add(sum, Cosine.unit(known.get(0).vector), -1);
    Cosine.add(sum, Cosine.unit(known.get(2).vector), 1);
    return top(vectors, Cosine.unit(sum), known.stream().map(Known::word).toList(), top);
  }

  private static List<Neighbour> top(
      WordVectors vectors, float[] query, Collection<String> except, int top) {
    require(top >= 1, "top must be at least 1, got %d", top);
    HashSet<String> left = new HashSet<>(except);
    JavaRDD<Tuple2<String, Double>> best =
        vectors.blocks().mapPartitions(blocks -> best(blocks, query, left, top));
    return best.collect().stream()
        .map(found -> new Neighbour(found._1, found._2))
        .sorted(BEST_FIRST)
        .limit(top)
        .toList();
  }

  private static Iterator<Tuple2<String, Double>> best(
      Iterator<byte[]> blocks, float[] query, Set<String> except, int top) {
    PriorityQueue<Neighbour> best = new PriorityQueue<>(BEST_FIRST.reversed());
    while (blocks.hasNext()) {
      VectorBlock block = VectorBlock.fromBytes(blocks.next());
      for (int i = 0; i < block.words().length; i++) {
        double cosine = Cosine.of(query, block.vectors(), i * query.length);
        Neighbour found = new Neighbour(block.words()[i], cosine);
        boolean enters = best.size() < top || BEST_FIRST.compare(found, best.peek()) < 0;
        if (enters && !except.contains(found.word())) {
          best.add(found);
          if (best.size() > top) {
            best.poll();
          }
        }
      }
    }
    return best.stream().map(found -> new Tuple2<>(found.word(), found.cosine())).iterator();
  }

  /** A word as the vectors have it. */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  private record Known(String word, float[] vector) {}

  private static List<Known> lookUp(WordVectors vectors, List<String> words) {
    HashSet<String> wanted = new HashSet<>(words);
    words.forEach(word -> wanted.add(Tokenizer.joined(word)));
    Map<String, float[]> found = new HashMap<>();
    vectors
        .blocks()
        .flatMap(bytes -> find(VectorBlock.fromBytes(bytes), wanted))
        .collect()
        .forEach(word -> found.putIfAbsent(word._1, word._2));
    List<Known> known = new ArrayList<>();
    for (String word : words) {
      String spelled = found.containsKey(word) ? word : Tokenizer.joined(word);
      if (!found.containsKey(spelled)) {
        throw unknown(vectors, word);
      }
      known.add(new Known(spelled, found.get(spelled)));
    }
    return known;
  }

  private static IllegalArgumentException unknown(WordVectors vectors, String word) {
    List<String> spellings = spellings(vectors, word);
    return new WrongSettings(
        "unknown word '%s'%s"
            .formatted(
                word,
                spellings.isEmpty()
                    ? "; no known word is spelled alike"
                    : "; did you mean " + String.join(", ", spellings) + "?"));
  }

  private static Iterator<Tuple2<String, float[]>> find(VectorBlock block, Set<String> wanted) {
    List<Tuple2<String, float[]>> found = new ArrayList<>();
    for (int i = 0; i < block.words().length; i++) {
      if (wanted.contains(block.words()[i])) {
        found.add(new Tuple2<>(block.words()[i], block.vector(i)));
      }
    }
    return found.iterator();
  }

  /** Known words a few letters away, nearest and most frequent first. */
  private static List<String> spellings(WordVectors vectors, String word) {
    return vectors
        .blocks()
        .flatMap(bytes -> alike(VectorBlock.fromBytes(bytes), word))
        .collect()
        .stream()
        .sorted(
            Comparator.comparing((Tuple2<Long, String> alike) -> alike._1)
                .thenComparing(alike -> alike._2))
        .limit(NUM_SPELLINGS)
        .map(alike -> alike._2)
        .toList();
  }

  private static Iterator<Tuple2<Long, String>> alike(VectorBlock block, String word) {
    List<Tuple2<Long, String>> alike = new ArrayList<>();
    for (int i = 0; i < block.words().length; i++) {
      String other = block.words()[i];
      if (Math.abs(other.length() - word.length()) <= MAX_EDITS) {
        int edits = Spelling.distance(word, other);
        if (edits <= Math.min(MAX_EDITS, word.length() / 2)) {
          alike.add(new Tuple2<>(((long) edits << 32) + block.first() + i, other));
        }
      }
    }
    return alike.stream()
        .sorted(Comparator.comparing(found -> found._1))
        .limit(NUM_SPELLINGS)
        .iterator();
  }
}
