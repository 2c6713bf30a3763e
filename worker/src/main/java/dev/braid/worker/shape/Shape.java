package dev.braid.worker.shape;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.Check.wrong;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sizes of one example: [features], [time, features] for sequences, [channels, height, width]
 * for images, [channels, depth, height, width] for volumes. The batch is not part of it.
 *
 * <p>A shape is ragged where each example tells its own number of steps: its first size is written
 * {@code time} then, as in [time, 8] for rows of 8 numbers and [time] for a row of indices.
 *
 * @param sizes each at least 1, but for the first, which may be {@link #TIME}
 */
public record Shape(List<Integer> sizes) implements Serializable {
  /** The first size of a ragged shape: as many steps as an example has. */
  public static final int TIME = -1;

  private static final String TIME_WRITTEN = "time";

  public Shape {
    sizes = List.copyOf(sizes);
    require(!sizes.isEmpty(), "a shape needs at least one size");
    long numbers = 1;
    for (int size : sizes.subList(sizes.get(0) == TIME ? 1 : 0, sizes.size())) {
      require(size > 0, "the sizes of a shape must be at least 1, got %s", written(sizes));
      numbers *= size;
      require(
          numbers <= Integer.MAX_VALUE, "shape %s has more than 2^31 - 1 numbers", written(sizes));
    }
  }

  /** A shape as a job file writes it: a list of sizes, of which the first may be {@code time}. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Shape read(List<Object> written) {
    List<Integer> sizes = new ArrayList<>();
    for (Object size : written) {
      boolean time = sizes.isEmpty() && TIME_WRITTEN.equals(size);
      require(
          time || size instanceof Integer,
          "the sizes of a shape must be whole numbers, of which the first may be time instead; got"
              + " %s",
          written);
      sizes.add(time ? TIME : (Integer) size);
    }
    return new Shape(sizes);
  }

  /** A shape of these sizes. */
  public static Shape of(int... sizes) {
    return new Shape(Arrays.stream(sizes).boxed().toList());
  }

  /** The inverse of {@link #channels} and {@link #spatial}. */
  public static Shape ofChannels(int channels, List<Integer> spatial) {
    List<Integer> sizes = new ArrayList<>(spatial);
    sizes.add(spatial.size() < 2 ? spatial.size() : 0, channels);
    return new Shape(sizes);
  }

  /** Sequences of any length, each step of this shape; of single numbers where it is empty. */
  public static Shape ragged(int... step) {
    List<Integer> sizes = new ArrayList<>(List.of(TIME));
    Arrays.stream(step).forEach(sizes::add);
    return new Shape(sizes);
  }

  /** The inverse of {@link #read}. */
  @JsonValue
  public List<Object> written() {
    return written(sizes);
  }

  private static List<Object> written(List<Integer> sizes) {
    List<Object> written = new ArrayList<>(sizes);
    if (sizes.get(0) == TIME) {
      written.set(0, TIME_WRITTEN);
    }
    return written;
  }

  /** Whether each example tells its own number of steps. */
  public boolean isRagged() {
    return sizes.get(0) == TIME;
  }

  /** The shape of examples that are padded to so many steps. */
  public Shape at(int steps) {
    require(isRagged(), "shape %s has no steps of any number", this);
    List<Integer> fixed = new ArrayList<>(sizes);
    fixed.set(0, steps);
    return new Shape(fixed);
  }

  /** Numbers in one step of a sequence: in one of what the first size counts. */
  public int stepSize() {
    return product(1);
  }

  /** Number of dimensions. */
  public int rank() {
    return sizes.size();
  }

  /**
   * Number of numbers in one example.
   *
   * @throws IllegalArgumentException if the shape is ragged
   */
  public int size() {
    requireFixed("a fixed number of numbers");
    return product(0);
  }

  private int product(int from) {
    int product = 1;
    for (int i = from; i < sizes.size(); i++) {
      product *= sizes.get(i);
    }
    return product;
  }

  private void requireFixed(String needed) {
    if (isRagged()) {
      throw wrong(
          "sequences of any length, %s, do not have %s; pool over their steps, take the last one,"
              + " or give all one length",
          this, needed);
    }
  }

  /**
   * Channels of an image or volume, features of a sequence or a plain vector.
   *
   * @throws IllegalArgumentException if it is a ragged row of indices, which have no features
   */
  public int channels() {
    if (rank() == 1) {
      requireFixed("features at each step");
    }
    return sizes.get(channelAxis());
  }

  /** Which dimension holds the channels: the last of vectors and sequences, else the first. */
  public int channelAxis() {
    return rank() <= 2 ? rank() - 1 : 0;
  }

  /** The sizes other than {@link #channels}: none, [time], [height, width], ... */
  public List<Integer> spatial() {
    return rank() <= 2 ? sizes.subList(0, rank() - 1) : sizes.subList(1, rank());
  }

  @Override
  public String toString() {
    return written().toString();
  }
}
