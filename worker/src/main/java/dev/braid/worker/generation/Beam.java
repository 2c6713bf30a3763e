package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Beam search: of all continuations of the open sequences those with the highest probability are
 * kept. An ended sequence keeps its place, so the beam becomes narrower as sequences end; width 1
 * is greedy. Ties go to the earlier sequence, then to the lower token.
 *
 * @param width how many sequences are kept
 * @param lengthPower alpha in the score log P / length^alpha: 0 ranks by the probability itself,
 *     which prefers short sequences, 1 by its mean over the tokens (Wu et al. 2016,
 *     https://arxiv.org/abs/1609.08144, section 7, with the plain power as length penalty)
 */
public record Beam(int width, double lengthPower) implements Choice {
  private static final Comparator<Candidate> WORST_FIRST =
      Comparator.comparingDouble(Candidate::logProbability)
          .thenComparing(Comparator.comparingInt(Candidate::parent).reversed())
          .thenComparing(Comparator.comparingInt(Candidate::token).reversed());

  public Beam {
    require(width >= 1, "beams must be at least 1, got %d", width);
    require(
        lengthPower >= 0 && Double.isFinite(lengthPower),
        "lengthPower must be 0 or above, got %s",
        lengthPower);
  }

  @Override
  public int numPlaces() {
    return width;
  }

  @Override
  public List<Candidate> choose(
      List<Prefix> open, List<double[]> logProbabilities, int numPlaces, Where where) {
    PriorityQueue<Candidate> best = new PriorityQueue<>(WORST_FIRST);
    for (int i = 0; i < open.size(); i++) {
      double soFar = open.get(i).logProbability();
      double[] next = logProbabilities.get(i);
      for (int token = 0; token < next.length; token++) {
        double sum = soFar + next[token];
        boolean full = best.size() == numPlaces;
        if (next[token] == Double.NEGATIVE_INFINITY
            || (full && sum <= best.peek().logProbability())) {
          continue;
        }
        if (full) {
          best.remove();
        }
        best.add(new Candidate(0, i, token, sum));
      }
    }
    List<Candidate> ranked = new ArrayList<>(best);
    ranked.sort(WORST_FIRST.reversed());
    return ranked;
  }

  @Override
  public double score(double logProbability, int length) {
    return logProbability / StrictMath.pow(length, lengthPower);
  }

  /** {@inheritDoc} The highest score first. */
  @Override
  public List<Hypothesis> inOrder(List<Hypothesis> byPlace) {
    return byPlace.stream()
        .sorted(Comparator.comparingDouble(Hypothesis::score).reversed())
        .toList();
  }
}
