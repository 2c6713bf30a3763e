package dev.braid.driver.inference;

import dev.braid.driver.source.row.Item;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows that a model is asked together. Where they are sequences of any length those of near lengths
 * come together, out of a window of rows, so that little is padded.
 *
 * @param facts of the model
 * @param batchSize rows in a batch
 */
record NearLengths(ModelFacts facts, int batchSize) {
  /** Batches in a window. */
  private static final int BATCHES = 16;

  /** Steps that a row of a full batch has on average; of longer rows a batch has fewer. */
  private static final int STEPS = 64;

  /** How many rows are looked at before the first of them are answered. */
  int window() {
    return isRagged() ? batchSize * BATCHES : batchSize;
  }

  private boolean isRagged() {
    return facts.shapes().stream().anyMatch(Shape::isRagged);
  }

  /** The places of the rows of each batch, of a window that has some. */
  List<List<Integer>> batches(List<Item> rows) {
    if (!isRagged()) {
      return List.of(IntStream.range(0, rows.size()).boxed().toList());
    }
    int[] steps = rows.stream().mapToInt(this::steps).toArray();
    List<Integer> order =
        IntStream.range(0, steps.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> steps[i])) // stable
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    List<Integer> batch = new ArrayList<>();
    for (int place : order) {
      long padded = (batch.size() + 1L) * steps[place];
      boolean full =
          batch.size() == batchSize || (!batch.isEmpty() && padded > (long) batchSize * STEPS);
      if (full) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(place);
    }
    batches.add(batch);
    return batches;
  }

  /** The steps of the longest sequence in a row; 0 where none is of any length. */
  private int steps(Item row) {
    int steps = 0;
    for (int i = 0; i < row.inputs().length; i++) {
      steps = Math.max(steps, stepSize(i) == 0 ? 0 : row.inputs()[i].length / stepSize(i));
    }
    return steps;
  }

  private int stepSize(int input) {
    Shape shape = facts.inputs().get(input).shape();
    return shape.isRagged() ? shape.stepSize() : 0;
  }

  /** Rows as a model is asked them: normalised and padded. */
  MiniBatch miniBatch(List<Item> rows) {
    float[][][] inputs = new float[facts.inputs().size()][rows.size()][];
    for (int i = 0; i < inputs.length; i++) {
      Normaliser normaliser = facts.inputs().get(i).normaliser();
      for (int k = 0; k < rows.size(); k++) {
        float[] numbers = rows.get(k).inputs()[i];
        if (!normaliser.isNone()) {
          numbers = numbers.clone();
          normaliser.applyInPlace(numbers, 0, numbers.length);
        }
        inputs[i][k] = numbers;
      }
    }
    return MiniBatch.unlabelled(
        inputs, IntStream.range(0, inputs.length).map(this::stepSize).toArray());
  }
}
