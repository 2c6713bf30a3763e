package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.shape.Shape;
import java.util.Arrays;
import java.util.List;

/** How many rows a model is best asked at once. */
public final class BatchSize {
  private static final List<Integer> CANDIDATES = List.of(8, 16, 32, 64, 128, 256);
  private static final long NANOS_EACH = 60_000_000;

  /** Steps of the sequences of any length that are tried. */
  private static final int STEPS = 64;

  /** Answers along time of a whole batch, in numbers. */
  private static final long MAX_NUMBERS = 1 << 24;

  private BatchSize() {}

  /**
   * The candidate with the most rows a second, by a short measurement on this machine: about half a
   * second. Answers to different batch sizes may differ in their last bits.
   */
  public static int measure(LoadedModel model) {
    try (Predictor predictor = model.predictor()) {
      int best = CANDIDATES.get(0);
      double bestRate = 0;
      for (int size : CANDIDATES) {
        if (size > best && !fits(model.facts(), size)) {
          break;
        }
        MiniBatch batch = batch(model.facts(), size);
        predictor.answer(batch); // the first call sets up what later ones use
        double rate = rate(predictor, batch);
        if (rate > 1.03 * bestRate) { // a larger batch must be worth its memory
          best = size;
          bestRate = rate;
        }
      }
      return best;
    }
  }

  /** Whether a batch is small enough to be tried: of sequences the answers may be large. */
  private static boolean fits(ModelFacts facts, int size) {
    long numbers =
        facts.outputs().stream()
            .filter(output -> output.shape().isRagged())
            .mapToLong(output -> (long) output.shape().at(STEPS).size() * size)
            .sum();
    return numbers <= MAX_NUMBERS;
  }

  private static MiniBatch batch(ModelFacts facts, int size) {
    float[][][] inputs = new float[facts.inputs().size()][size][];
    int[] stepSizes = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Shape shape = facts.shapes().get(i);
      Arrays.fill(inputs[i], new float[(shape.isRagged() ? shape.at(STEPS) : shape).size()]);
      stepSizes[i] = shape.isRagged() ? shape.stepSize() : 0;
    }
    return MiniBatch.unlabelled(inputs, stepSizes);
  }

  private static double rate(Predictor predictor, MiniBatch batch) {
    long begin = System.nanoTime();
    long end = begin;
    long rows = 0;
    while (end - begin < NANOS_EACH) {
      predictor.answer(batch);
      rows += batch.size();
      end = System.nanoTime();
    }
    return rows / ((end - begin) / 1e9);
  }
}
