package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;

/**
 * v tanh(W q + U k) for each query q and each key k. The hidden units of one query are computed
 * over all keys at once, [units, keys], and again for the gradient: all of them are too many to
 * keep.
 */
final class AdditiveScores implements AttentionScores {
  private static final int OF_QUERY = 0;
  private static final int OF_KEY = 1;
  private static final int OF_SCORE = 2;

  private final KernelSet kernels;
  private final MatrixKernel product;
  private final AttendedSources sources;
  private final int units;
  private final Matrix weight = new Matrix();
  private final Matrix scores = new Matrix();
  private final Matrix projected = new Matrix();
  private final Matrix hiddenUnits = new Matrix();
  private final Matrix transposed = new Matrix();
  private final Floats hidden = new Floats();
  private final Floats byHidden = new Floats();
  private Floats ofQueries;
  private Floats ofKeys;
  private Floats hiddenMemory;
  private Floats byHiddenMemory;
  private Floats byQuery;
  private Floats byQueries;
  private Floats byKeys;

  AdditiveScores(KernelSet kernels, AttendedSources sources, int units) {
    this.kernels = kernels;
    this.product = kernels.matrix();
    this.sources = sources;
    this.units = units;
  }

  @Override
  public void plan(Call call, Room room) {
    long queries = (long) units * sources.paddedQueries(call);
    long keys = (long) units * sources.paddedKeys(call);
    ofQueries = room.kept(call.size() * queries);
    ofKeys = room.kept(call.size() * keys);
    hiddenMemory = room.scratch(keys);
    byHiddenMemory = room.scratch(keys);
    byQuery = room.scratch(units);
    byQueries = room.scratch(queries);
    byKeys = room.scratch(keys);
  }

  @Override
  public void forward(Call call, int example, AttendedRows rows) {
    int keys = rows.keys().rows();
    project(call, OF_QUERY, rows.queries(), ofQueries, queriesAt(call, example));
    project(call, OF_KEY, rows.keys(), ofKeys, keysAt(call, example));
    bindHidden(keys);
    weight.bind(call.tensor(OF_SCORE), 1, units);
    for (int query = 0; query < rows.queries().rows(); query++) {
      computeHidden(call, example, query, rows);
      bindScores(rows.scores(), query, keys);
      product.multiply(weight, hiddenUnits, scores, false);
    }
  }

  @Override
  public void backward(Call call, int example, AttendedRows rows, AttendedRows gradients) {
    int queries = rows.queries().rows();
    int keys = rows.keys().rows();
    bindHidden(keys);
    byKeys.clear();
    for (int query = 0; query < queries; query++) {
      computeHidden(call, example, query, rows);
      bindScores(gradients.scores(), query, keys);
      backwardToHidden(call);
      addToKeys(keys);
      sumForQuery(query, queries);
    }
    backwardOfProjection(call, OF_QUERY, byQueries, rows.queries(), gradients.queries());
    backwardOfProjection(call, OF_KEY, byKeys, rows.keys(), gradients.keys());
  }

  /** The tensor times each row, [units, rows]. */
  private void project(Call call, int tensor, Matrix rows, Floats all, int at) {
    weight.bind(call.tensor(tensor), units, rows.columns());
    projected.bind(all.array(), all.at() + at, units, rows.rows());
    product.multiply(weight, transposed.transposeOf(rows), projected, false);
  }

  private void backwardOfProjection(
      Call call, int tensor, Floats gradient, Matrix rows, Matrix byRows) {
    projected.bind(gradient, units, rows.rows());
    if (call.learns(tensor)) {
      weight.bind(call.tensorGradient(tensor), units, rows.columns());
      product.multiply(projected, rows, weight, true);
    }
    if (byRows != null) {
      weight.bind(call.tensor(tensor), units, rows.columns());
      product.multiply(transposed.transposeOf(projected), weight, byRows, true);
    }
  }

  private int queriesAt(Call call, int example) {
    return example * units * sources.paddedQueries(call);
  }

  private int keysAt(Call call, int example) {
    return example * units * sources.paddedKeys(call);
  }

  private void bindHidden(int keys) {
    hidden.bind(hiddenMemory.array(), hiddenMemory.at(), units * keys);
    byHidden.bind(byHiddenMemory.array(), byHiddenMemory.at(), units * keys);
    hiddenUnits.bind(hidden, units, keys);
  }

  private void bindScores(Floats all, int query, int keys) {
    scores.bind(all.array(), all.at() + query * keys, 1, keys);
  }

  /** tanh(W q + U k) for one query, [units, keys]. */
  private void computeHidden(Call call, int example, int query, AttendedRows rows) {
    int queries = rows.queries().rows();
    int keys = rows.keys().rows();
    int queryAt = ofQueries.at() + queriesAt(call, example) + query;
    int keyAt = ofKeys.at() + keysAt(call, example);
    for (int unit = 0; unit < units; unit++) {
      float ofQuery = ofQueries.array()[queryAt + unit * queries];
      addNumber(ofKeys.array(), keyAt + unit * keys, ofQuery, hidden, unit * keys, keys);
    }
    kernels.activation().forward(Activation.TANH, hidden, hidden);
  }

  private static void addNumber(float[] from, int at, float number, Floats to, int toAt, int size) {
    float[] sums = to.array();
    int first = to.at() + toAt;
    for (int i = 0; i < size; i++) {
      sums[first + i] = from[at + i] + number;
    }
  }

  /** Writes the gradient by W q + U k from that by the scores of the query. */
  private void backwardToHidden(Call call) {
    if (call.learns(OF_SCORE)) {
      weight.bind(call.tensorGradient(OF_SCORE), units, 1);
      product.multiply(hiddenUnits, transposed.transposeOf(scores), weight, true);
    }
    weight.bind(call.tensor(OF_SCORE), units, 1);
    projected.bind(byHidden, units, scores.columns());
    product.multiply(weight, scores, projected, false);
    kernels.activation().backward(Activation.TANH, hidden, hidden, byHidden, byHidden);
  }

  private void addToKeys(int keys) {
    float[] sums = byKeys.array();
    float[] terms = byHidden.array();
    int to = byKeys.at();
    int from = byHidden.at();
    for (int i = 0; i < units * keys; i++) {
      sums[to + i] += terms[from + i];
    }
  }

  private void sumForQuery(int query, int queries) {
    kernels.reduction().rowSums(byHidden, byQuery, false);
    for (int unit = 0; unit < units; unit++) {
      byQueries.array()[byQueries.at() + unit * queries + query] =
          byQuery.array()[byQuery.at() + unit];
    }
  }
}
