package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A search for the sequences that a generator would write.
 *
 * <pre>
 *   from what may come next after each source, until all have ended or are long enough
 *     choose the tokens to go on with            Choice
 *     set those aside that have ended            Hypothesis
 *     ask what may come next after the others    Generator
 * </pre>
 *
 * @param choice greedy and beams are a {@link Beam}, random texts a {@link Sampling}
 * @param length tokens at most, the end token included
 * @param endToken the token with which a sequence ends; -1 where there is none
 */
public record Search(Choice choice, int length, int endToken) {
  public Search {
    require(length >= 1, "length must be at least 1, got %d", length);
  }

  /** Is told of each token that was chosen. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A token of a source was chosen. Where the choice has one place only, these tokens in their
     * order are the sequence that is found.
     */
    void chosen(int source, int place, int token);
  }

  /** Tells nobody. */
  public static final Listener SILENT = (source, place, token) -> {};

  /**
   * The sequences found.
   *
   * @param start what may come first; each of its rows is a source
   * @return per source its sequences: by score, the highest first; those drawn at random in the
   *     order of their numbers
   */
  public <S> List<List<Hypothesis>> run(Generator<S> generator, Next<S> start, Listener listener) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < start.numRows(generator.numTokens()); i++) {
      sources.add(new Source(i));
    }
    Next<S> next = start;
    for (int position = 0; position < length; position++) {
      Continued continued = advance(sources, next, generator.numTokens(), position, listener);
      if (continued.parents.isEmpty()) {
        break;
      }
      if (position < length - 1) {
        S state = continued.all() ? next.state() : generator.select(next.state(), continued.rows());
        next = generator.next(state, ints(continued.tokens));
      }
    }
    return sources.stream().map(this::found).toList();
  }

  /** The rows that the generator goes on with: which ones of those before, and by which tokens. */
  private static final class Continued {
    private final List<Integer> parents = new ArrayList<>();
    private final List<Integer> tokens = new ArrayList<>();
    private int numBefore;

    void add(Source source, int numOpen) {
      for (int i = 0; i < source.open.size(); i++) {
        parents.add(numBefore + source.parents.get(i));
        tokens.add(source.open.get(i).token());
      }
      numBefore += numOpen;
    }

    /** Whether these are all rows in their order. */
    boolean all() {
      return parents.equals(IntStream.range(0, numBefore).boxed().toList());
    }

    int[] rows() {
      return ints(parents);
    }
  }

  /** One source: its open sequences, in the order of the generator's rows, and the ended ones. */
  private static final class Source {
    private final int number;
    private List<Prefix> open = List.of(Prefix.EMPTY);
    private List<Integer> parents = List.of();
    private final List<Prefix> ended = new ArrayList<>();

    Source(int number) {
      this.number = number;
    }
  }

  private Continued advance(
      List<Source> sources, Next<?> next, int numTokens, int position, Listener listener) {
    Continued continued = new Continued();
    for (Source source : sources) {
      int numOpen = source.open.size();
      if (numOpen > 0) {
        List<double[]> rows = rows(next, continued.numBefore, numOpen, numTokens);
        advance(source, rows, position, listener);
        continued.add(source, numOpen);
      }
    }
    return continued;
  }

  private void advance(
      Source source, List<double[]> logProbabilities, int position, Listener listener) {
    int numPlaces = choice.numPlaces() - source.ended.size();
    List<Choice.Candidate> chosen =
        choice.choose(
            source.open, logProbabilities, numPlaces, new Choice.Where(source.number, position));
    List<Prefix> open = new ArrayList<>();
    List<Integer> parents = new ArrayList<>();
    for (Choice.Candidate candidate : chosen) {
      Prefix prefix = source.open.get(candidate.parent()).with(candidate);
      listener.chosen(source.number, candidate.place(), candidate.token());
      if (candidate.token() == endToken) {
        source.ended.add(prefix);
      } else {
        open.add(prefix);
        parents.add(candidate.parent());
      }
    }
    source.open = open;
    source.parents = parents;
  }

  private static List<double[]> rows(Next<?> next, int first, int count, int numTokens) {
    List<double[]> rows = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      rows.add(LogProbabilities.of(next.scores(), i * numTokens, numTokens));
    }
    return rows;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private List<Hypothesis> found(Source source) {
    List<Prefix> all = new ArrayList<>(source.ended);
    all.addAll(source.open);
    all.sort(Comparator.comparingInt(Prefix::place));
    return choice.inOrder(all.stream().map(this::hypothesis).toList());
  }

  private Hypothesis hypothesis(Prefix prefix) {
    return new Hypothesis(
        prefix.tokens(),
        prefix.logProbability(),
        choice.score(prefix.logProbability(), prefix.length()),
        prefix.token() == endToken);
  }
}
