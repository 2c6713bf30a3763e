package dev.braid.worker.data;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The part of the examples that one logical worker trains on at a time: columns of equal length,
 * one per input and one per label. Raw values; normalisation happens when mini-batches are made.
 */
public final class Shard implements Serializable {
  private static final long serialVersionUID = 1;

  private final int size;
  private final Column[] inputs;
  private final Column[] labels;

  /**
   * @param size number of examples, may be 0
   * @param inputs one column per input of the network, in its order
   * @param labels one column per output, in its order; empty when there are no labels
   */
  public Shard(int size, Column[] inputs, Column[] labels) {
    this.size = size;
    this.inputs = inputs.clone();
    this.labels = labels.clone();
    for (Column column : inputs) {
      require(column.numRows() == size, "%d rows in a shard of %d", column.numRows(), size);
    }
    for (Column column : labels) {
      require(column.numRows() == size, "%d rows in a shard of %d", column.numRows(), size);
    }
  }

  /** Number of examples. */
  public int size() {
    return size;
  }

  /** Number of mini-batches in one pass; the last one may be smaller than {@code batchSize}. */
  public int numMiniBatches(int batchSize) {
    return (size + batchSize - 1) / batchSize;
  }

  /** Number of inputs. */
  public int numInputs() {
    return inputs.length;
  }

  /** Number of labels. */
  public int numLabels() {
    return labels.length;
  }

  /** Input {@code i} of all examples. */
  public Column input(int i) {
    return inputs[i];
  }

  /** Label {@code i} of all examples. */
  public Column label(int i) {
    return labels[i];
  }

  /** Whether some input of it is a sequence of any length. */
  public boolean isRagged() {
    return Arrays.stream(inputs).anyMatch(Column::isRagged);
  }

  /** Steps of an example's sequences of any length, all inputs together. */
  public long numSteps(int example) {
    return Arrays.stream(inputs)
        .filter(Column::isRagged)
        .mapToLong(input -> input.steps(example))
        .sum();
  }

  /** The first examples, in the same arrays. */
  public Shard head(int examples) {
    int n = Math.min(size, examples);
    return new Shard(n, heads(inputs, n), heads(labels, n));
  }

  private static Column[] heads(Column[] columns, int rows) {
    return Arrays.stream(columns).map(column -> column.head(rows)).toArray(Column[]::new);
  }

  /** The same with another input {@code i}. */
  public Shard withInput(int i, Column input) {
    Column[] others = inputs.clone();
    others[i] = input;
    return new Shard(size, others, labels);
  }

  /**
   * The same labels with another single input.
   *
   * @param width numbers of each example
   * @param values kept, not copied
   */
  public Shard withInput(int width, float[] values) {
    return new Shard(size, new Column[] {Column.ofFloats(width, values)}, labels);
  }
}
