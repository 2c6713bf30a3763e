package dev.braid.worker.inference;

import dev.braid.worker.data.MiniBatch;
import java.util.List;

/** How many rows a model is best asked at once. */
public final class BatchSize {
  private static final List<Integer> CANDIDATES = List.of(8, 16, 32, 64, 128, 256);
  private static final long NANOS_EACH = 60_000_000;

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
        MiniBatch batch = MiniBatch.unlabelled(size, inputs(model.facts(), size));
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

  private static float[][] inputs(ModelFacts facts, int size) {
    return facts.shapes().stream()
        .map(shape -> new float[size * shape.size()])
        .toArray(float[][]::new);
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
