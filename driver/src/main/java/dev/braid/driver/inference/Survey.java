package dev.braid.driver.inference;

import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.inference.ModelFacts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a person wants to see of the rows of a scoring, in bounded memory: why rows were set apart,
 * how sure the model was, and some rows as they are. Which rows these are depends on the rows
 * alone, so surveys of parts come to the same in any order of merging.
 */
public final class Survey implements Serializable {
  private static final long serialVersionUID = 1;

  /** Parts of the range from 0 to 1 that the model's confidence is counted in. */
  public static final int BINS = 20;

  private static final int MAX_ROWS = 20;
  private static final int MAX_REASONS = 50;
  private static final String OTHERS = "other reasons";

  /** Numbers of an input beyond which a row is shown without it: a picture of 64 x 64 in colour. */
  private static final int MAX_INPUT = 3 * 64 * 64;

  private final ArrayList<long[]> confidence = new ArrayList<>();
  private final TreeMap<String, Reason> reasons = new TreeMap<>();
  private final TreeSet<SampleRow> rows = new TreeSet<>();

  /**
   * Rows that were set apart for reasons of one kind.
   *
   * @param rows how many
   * @param file of the first one
   * @param row its number there, from 1; 0 where the file as a whole is the reason
   * @param words about it
   */
  public record Reason(long rows, String file, long row, String words) implements Serializable {
    /** Where the first one is. */
    public String place() {
      return row == 0 ? file : file + ", row " + row;
    }

    Reason and(Reason other) {
      int order = file.compareTo(other.file);
      boolean first = order < 0 || (order == 0 && row <= other.row);
      return first
          ? new Reason(rows + other.rows, file, row, words)
          : new Reason(rows + other.rows, other.file, other.row, other.words);
    }
  }

  /**
   * A row with its answer.
   *
   * @param rank decides which rows are taken: a hash of numbers of the answers and the inputs
   * @param inputs the numbers of each as they were read; empty where they are many
   * @param kept the values of the columns that go into the output
   * @param said per output what was answered
   */
  @SuppressWarnings("ArrayRecordComponent") // numbers to be shown; rank and place compare rows
  public record SampleRow(
      long rank, String file, long row, float[][] inputs, List<String> kept, List<Said> said)
      implements Serializable, Comparable<SampleRow> {
    @Override
    public int compareTo(SampleRow other) {
      int order = Long.compare(rank, other.rank);
      order = order != 0 ? order : file.compareTo(other.file);
      return order != 0 ? order : Long.compare(row, other.row);
    }
  }

  /**
   * What one output said of a row.
   *
   * @param words the answer
   * @param sure the probability of it; NaN where nothing is chosen
   * @param label what is right, as it was read; null where not known
   */
  public record Said(String words, double sure, String label) implements Serializable {}

  /** Counts a row that was set apart, or all those of a file. */
  void setAside(Placed<?> placed, String words) {
    count(kind(words), new Reason(placed.numRows(), placed.file(), placed.row(), words));
  }

  /** The same for all messages that differ in numbers and in what they quote only. */
  static String kind(String words) {
    return words.replaceAll("'[^']*'|\"[^\"]*\"", "'\u2026'").replaceAll("\\d[\\d.,]*", "#");
  }

  private void count(String kind, Reason reason) {
    boolean room = reasons.containsKey(kind) || reasons.size() < MAX_REASONS;
    reasons.merge(room ? kind : OTHERS, reason, Reason::and);
  }

  /** Looks at a row that was scored. */
  void add(ModelFacts facts, Placed<Item> placed, float[][] answer) {
    for (int i = 0; i < answer.length; i++) {
      double sure = sure(facts.outputs().get(i), answer[i]);
      if (!Double.isNaN(sure)) {
        bins(i)[(int) Math.max(0, Math.min(BINS - 1, sure * BINS))]++;
      }
    }
    long rank = rank(placed.value().inputs(), answer);
    if (rows.size() < MAX_ROWS || rank <= rows.last().rank()) {
      add(row(facts, placed, answer, rank));
    }
  }

  private static SampleRow row(ModelFacts facts, Placed<Item> placed, float[][] answer, long rank) {
    Item item = placed.value();
    float[][] inputs =
        Arrays.stream(item.inputs())
            .map(input -> input.length <= MAX_INPUT ? input.clone() : new float[0])
            .toArray(float[][]::new);
    List<String> kept = new ArrayList<>(); // not toList: values may be null
    Arrays.stream(item.kept()).forEach(value -> kept.add(String.valueOf(value)));
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < answer.length; i++) {
      ModelFacts.Output output = facts.outputs().get(i);
      said.add(
          new Said(
              Answers.words(output, answer[i]),
              sure(output, answer[i]),
              GivenLabels.text(item.labels()[i])));
    }
    return new SampleRow(rank, placed.file(), placed.row(), inputs, kept, said);
  }

  private static double sure(ModelFacts.Output output, float[] answer) {
    return output.decoder().confidence(answer, output.steps(answer)).orElse(Double.NaN);
  }

  /** The counts of an output, which begin when its first answer comes. */
  private long[] bins(int output) {
    while (confidence.size() <= output) {
      confidence.add(new long[BINS]);
    }
    return confidence.get(output);
  }

  private void add(SampleRow row) {
    rows.add(row);
    if (rows.size() > MAX_ROWS) {
      rows.pollLast();
    }
  }

  /** A hash of the answers and of some numbers of each input, spread over it. */
  private static long rank(float[][] inputs, float[][] answers) {
    long hash = 0;
    for (float[] answer : answers) {
      for (float number : answer) {
        hash = mixed(hash, number);
      }
    }
    for (float[] input : inputs) {
      int step = Math.max(1, input.length / 16);
      for (int i = 0; i < input.length; i += step) {
        hash = mixed(hash, input[i]);
      }
    }
    return hash;
  }

  /** The finalizer of MurmurHash3 over what was and a number's bits. */
  private static long mixed(long hash, float number) {
    long mixed = hash * 31 + Float.floatToIntBits(number);
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** Takes over what another part has seen. */
  void merge(Survey other) {
    for (int output = 0; output < other.confidence.size(); output++) {
      long[] sums = bins(output);
      for (int i = 0; i < BINS; i++) {
        sums[i] += other.confidence.get(output)[i];
      }
    }
    other.reasons.forEach(this::count);
    other.rows.forEach(this::add);
  }

  /**
   * How many rows an output answered with a probability in each of the parts of 0 to 1; all 0 where
   * it does not choose among classes.
   */
  public long[] confidence(int output) {
    return output < confidence.size() ? confidence.get(output).clone() : new long[BINS];
  }

  /** Why rows were set apart, by kind of reason, the commonest first. */
  public Map<String, Reason> reasons() {
    Map<String, Reason> ordered = new LinkedHashMap<>();
    reasons.entrySet().stream()
        .sorted(Comparator.comparingLong(reason -> -reason.getValue().rows()))
        .forEach(reason -> ordered.put(reason.getKey(), reason.getValue()));
    return ordered;
  }

  /** In words why most rows were set apart, with the place of the first; empty if none were. */
  public Optional<String> commonestReason() {
    return reasons().values().stream()
        .findFirst()
        .map(
            reason ->
                "%,d rows were set apart like %s: %s"
                    .formatted(reason.rows(), reason.place(), reason.words()));
  }

  /** Some rows, as a draw takes them. */
  public List<SampleRow> rows() {
    return List.copyOf(rows);
  }
}
