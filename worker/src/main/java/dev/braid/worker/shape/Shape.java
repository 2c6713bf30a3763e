package dev.braid.worker.shape;

import static dev.braid.worker.Check.require;

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
 * @param sizes each at least 1
 */
public record Shape(List<Integer> sizes) implements Serializable {
  public Shape {
    sizes = List.copyOf(sizes);
    require(!sizes.isEmpty(), "a shape needs at least one size");
    long numbers = 1;
    for (int size : sizes) {
      require(size > 0, "the sizes of a shape must be at least 1, got %s", sizes);
      numbers *= size;
      require(numbers <= Integer.MAX_VALUE, "shape %s has more than 2^31 - 1 numbers", sizes);
    }
  }

  /** A shape as a job file writes it: a list of sizes. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Shape read(List<Integer> sizes) {
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

  @Override
  @JsonValue
  public List<Integer> sizes() {
    return sizes;
  }

  /** Number of dimensions. */
  public int rank() {
    return sizes.size();
  }

  /** Number of numbers in one example. */
  public int size() {
    return sizes.stream().reduce(1, (a, b) -> a * b);
  }

  /** Channels of an image or volume, features of a sequence or a plain vector. */
  public int channels() {
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
    return sizes.toString();
  }
}
