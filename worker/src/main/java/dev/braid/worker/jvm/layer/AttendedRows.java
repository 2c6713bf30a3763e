package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;

/**
 * What an attention layer has of one example, or of one head of it: a row for each query and each
 * key that is there, without padding, so that no padding enters a sum. Or the gradients by these,
 * null where nobody asks for them. It is bound anew for each example.
 */
final class AttendedRows {
  private final AttendedSources sources;
  private final Part queries = new Part();
  private final Part keys = new Part();
  private final Part values = new Part();
  private final Part means = new Part();
  private final Floats scores = new Floats();

  /** The rows of one example in what all examples have. */
  private static final class Part {
    final Matrix rows = new Matrix();
    Floats all;

    void bind(int total, int first, int count, int head, int heads) {
      if (all != null) {
        int features = all.size() / total;
        int width = features / heads;
        rows.bind(all.array(), all.at() + first * features + head * width, count, width, features);
      }
    }

    Matrix rowsOrNull() {
      return all == null ? null : rows;
    }
  }

  AttendedRows(AttendedSources sources) {
    this.sources = sources;
  }

  /**
   * Lets these be rows of values or of gradients.
   *
   * @param queries [size, queries, features]
   * @param keys [size, keys, features]
   * @param values [size, keys, features]
   * @param means [size, queries, features]
   */
  void of(Floats queries, Floats keys, Floats values, Floats means) {
    this.queries.all = queries;
    this.keys.all = keys;
    this.values.all = values;
    this.means.all = means;
  }

  /**
   * Lets these be the rows of an example.
   *
   * @param head which of the equal parts side by side in the features of a row
   * @param heads how many there are
   */
  void bind(Call call, int example, int head, int heads) {
    int padded = sources.paddedQueries(call);
    int count = sources.queries(call, example);
    queries.bind(call.size() * padded, example * padded, count, head, heads);
    means.bind(call.size() * padded, example * padded, count, head, heads);
    padded = sources.paddedKeys(call);
    count = sources.keys(call, example);
    keys.bind(call.size() * padded, example * padded, count, head, heads);
    values.bind(call.size() * padded, example * padded, count, head, heads);
  }

  /** Lets the scores lie in {@code all} from float {@code at} on. */
  void bindScores(Call call, int example, Floats all, int at) {
    int size = sources.queries(call, example) * sources.keys(call, example);
    scores.bind(all.array(), all.at() + at, size);
  }

  Matrix queries() {
    return queries.rowsOrNull();
  }

  Matrix keys() {
    return keys.rowsOrNull();
  }

  Matrix values() {
    return values.rowsOrNull();
  }

  /** The means of the values, a row for each query. */
  Matrix means() {
    return means.rowsOrNull();
  }

  /** [queries, keys]: scores, the weights that are made of them, or the gradient by either. */
  Floats scores() {
    return scores;
  }
}
