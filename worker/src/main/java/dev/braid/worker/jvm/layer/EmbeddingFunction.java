package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Indices;
import dev.braid.worker.layer.LayerPlan;
import java.util.Arrays;

/** The vector of each index, or the mean of an example's vectors. */
final class EmbeddingFunction implements LayerFunction {
  private final String name;
  private final int size;
  private final int dimension;
  private final boolean mean;
  private final boolean padding;

  EmbeddingFunction(Embedding settings, LayerPlan plan) {
    name = plan.node().name();
    size = settings.numIndices();
    dimension = settings.dimension();
    mean = settings.pool() == Embedding.Pool.MEAN;
    padding = settings.padding();
  }

  @Override
  public void forward(Call call) {
    Floats indices = call.source(0);
    Indices.require(name, size, indices.array(), indices.at(), indices.at() + indices.size());
    if (mean) {
      forwardMean(call);
    } else {
      look(indices, call.tensor(0), call.result());
    }
  }

  private void look(Floats indices, Floats table, Floats vectors) {
    for (int i = 0; i < indices.size(); i++) {
      int index = (int) indices.array()[indices.at() + i];
      int to = vectors.at() + i * dimension;
      if (padding && index == 0) {
        Arrays.fill(vectors.array(), to, to + dimension, 0);
      } else {
        System.arraycopy(
            table.array(), table.at() + index * dimension, vectors.array(), to, dimension);
      }
    }
  }

  private void forwardMean(Call call) {
    Floats indices = call.source(0);
    Floats result = call.result();
    result.clear();
    for (int example = 0; example < call.size(); example++) {
      int first = indices.at() + example * call.time(0);
      int end = first + steps(call, example);
      int to = result.at() + example * dimension;
      for (int i = first; i < end; i++) {
        int index = (int) indices.array()[i];
        if (counts(index)) {
          add(call.tensor(0), call.tensor(0).at() + index * dimension, result, to);
        }
      }
      divide(result.array(), to, count(indices.array(), first, end));
    }
  }

  @Override
  public void backward(Call call) {
    if (call.learns(0)) {
      for (int example = 0; example < call.size(); example++) {
        backward(call, example);
      }
    }
  }

  private void backward(Call call, int example) {
    float[] indices = call.source(0).array();
    int first = call.source(0).at() + example * call.time(0);
    int end = first + steps(call, example);
    Floats from = call.resultGradient();
    int at = from.at() + example * dimension * (mean ? 1 : call.time(0));
    if (mean) {
      divide(from.array(), at, count(indices, first, end));
    }
    for (int i = first; i < end; i++) {
      int index = (int) indices[i];
      if (counts(index)) {
        Floats gradient = call.tensorGradient(0);
        add(from, at, gradient, gradient.at() + index * dimension);
      }
      at += mean ? 0 : dimension;
    }
  }

  private int steps(Call call, int example) {
    int[] lengths = call.lengths(0);
    return lengths == null ? call.time(0) : lengths[example];
  }

  private boolean counts(int index) {
    return !padding || index != 0;
  }

  /** How many of the indices count, at least 1. */
  private int count(float[] indices, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += counts((int) indices[i]) ? 1 : 0;
    }
    return Math.max(1, count);
  }

  private void add(Floats from, int at, Floats to, int toAt) {
    for (int i = 0; i < dimension; i++) {
      to.array()[toAt + i] += from.array()[at + i];
    }
  }

  private void divide(float[] numbers, int at, int count) {
    for (int i = at; i < at + dimension; i++) {
      numbers[i] /= count;
    }
  }
}
