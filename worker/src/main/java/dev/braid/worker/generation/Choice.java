package dev.braid.worker.generation;

import java.util.List;

/** How a search chooses the tokens by which it goes on. */
public sealed interface Choice permits Beam, Sampling {

  /** The most likely token at every step. */
  Choice GREEDY = new Beam(1, 0);

  /** How many sequences are found for each source. */
  int numPlaces();

  /**
   * What to go on with in one source.
   *
   * @param open sequences of the source that have not ended, at least one
   * @param logProbabilities of the tokens after each of these
   * @param numPlaces how many may be chosen: places that no ended sequence holds
   * @param where in the search this is
   */
  List<Candidate> choose(
      List<Prefix> open, List<double[]> logProbabilities, int numPlaces, Where where);

  /**
   * What sequences of one source are ranked by.
   *
   * @param length tokens, the end token included
   */
  double score(double logProbability, int length);

  /** The sequences found for a source in the order in which they are answered. */
  List<Hypothesis> inOrder(List<Hypothesis> byPlace);

  /**
   * Where in a search a choice is made: what its random numbers are a function of.
   *
   * @param source number of the source, from 0
   * @param position number of the token that is chosen, from 0
   */
  record Where(int source, int position) {}

  /**
   * A sequence and the token by which it may go on.
   *
   * @param place of the new sequence among those of its source
   * @param parent index of the sequence among the open ones
   * @param logProbability of the sequence with the token
   */
  record Candidate(int place, int parent, int token, double logProbability) {}
}
