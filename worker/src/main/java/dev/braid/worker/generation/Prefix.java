package dev.braid.worker.generation;

/**
 * The beginning of a sequence: a token and what was before it.
 *
 * @param parent what was before; null at the beginning, which has no token
 * @param place of the sequence among those of its source
 * @param length number of tokens
 * @param logProbability logarithm of the tokens' probability
 */
record Prefix(Prefix parent, int place, int token, int length, double logProbability) {

  /** No token yet. */
  static final Prefix EMPTY = new Prefix(null, 0, -1, 0, 0);

  Prefix with(Choice.Candidate next) {
    return new Prefix(this, next.place(), next.token(), length + 1, next.logProbability());
  }

  int[] tokens() {
    int[] tokens = new int[length];
    Prefix at = this;
    for (int i = length - 1; i >= 0; i--) {
      tokens[i] = at.token;
      at = at.parent;
    }
    return tokens;
  }
}
