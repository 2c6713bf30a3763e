package dev.braid.worker.generation;

/**
 * What continues sequences token by token: a language model, or the decoder of a translation. Many
 * sequences are continued at a time, each of them a row.
 *
 * @param <S> what it has to remember of the rows: the states of recurrent layers, an encoded source
 */
public interface Generator<S> {

  /** How many tokens there are to choose from, numbered from 0. */
  int numTokens();

  /**
   * What may come after one more token.
   *
   * @param state of as many rows as there are tokens; it is left as it is
   * @param tokens the token by which each row goes on
   */
  Next<S> next(S state, int[] tokens);

  /**
   * The state of these rows in this order. A row may be taken several times, and left out.
   *
   * @param state is left as it is
   */
  S select(S state, int[] rows);
}
