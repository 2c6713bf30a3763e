package dev.braid.driver.training;

import static dev.braid.worker.Check.require;

import dev.braid.driver.exchange.Round.Share;
import dev.braid.worker.random.RandomStream;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which mini-batches each worker takes, round after round: a plain function of sizes and seed.
 *
 * <p>Worker w owns shards w, w + W, w + 2W, ... An epoch goes through them in phases: in each phase
 * every worker passes once over one of its shards, {@code localSteps} mini-batches a round, in an
 * order of shards that is drawn anew for each epoch. A worker whose shard is done rests until the
 * phase ends.
 */
final class Walk {

  /**
   * Where a run stands between two rounds.
   *
   * @param epoch passes over the data done, from 0
   * @param phase phases of this epoch done, from 0
   * @param cursor mini-batches of this phase's shards done, from 0
   */
  record Position(int epoch, int phase, int cursor) {}

  private final int[] numMiniBatches;
  private final int workers;
  private final long seed;

  /**
   * @param numMiniBatches per shard; the number of shards is a multiple of {@code workers}
   */
  Walk(int[] numMiniBatches, int workers, long seed) {
    require(
        numMiniBatches.length % workers == 0 && numMiniBatches.length > 0,
        "%d shards for %d workers: the shards must be a multiple of the workers",
        numMiniBatches.length,
        workers);
    require(
        Arrays.stream(numMiniBatches).anyMatch(n -> n > 0),
        "there is no example to train on in any of %d shards",
        numMiniBatches.length);
    this.numMiniBatches = numMiniBatches.clone();
    this.workers = workers;
    this.seed = seed;
  }

  /** The first position that has work to do. */
  Position start() {
    return skipEmpty(new Position(0, 0, 0));
  }

  /** Who trains on what in the round at {@code position}, in worker order; never empty. */
  List<Share> shares(Position position) {
    List<Share> shares = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      int shard = shard(worker, position.epoch(), position.phase());
      if (position.cursor() < numMiniBatches[shard]) {
        shares.add(new Share(worker, shard));
      }
    }
    return shares;
  }

  /** Where the run stands after a round of {@code localSteps}. */
  Position after(Position position, int localSteps) {
    return skipEmpty(
        new Position(position.epoch(), position.phase(), position.cursor() + localSteps));
  }

  /** Rounds in one epoch. */
  int roundsPerEpoch(int epoch, int localSteps) {
    int rounds = 0;
    for (int phase = 0; phase < numPhases(); phase++) {
      rounds += (longest(epoch, phase) + localSteps - 1) / localSteps;
    }
    return rounds;
  }

  /** Rounds of its epoch that lie before {@code position}, had all been of {@code localSteps}. */
  int roundsDone(Position position, int localSteps) {
    int rounds = (position.cursor() + localSteps - 1) / localSteps;
    for (int phase = 0; phase < position.phase(); phase++) {
      rounds += (longest(position.epoch(), phase) + localSteps - 1) / localSteps;
    }
    return rounds;
  }

  private Position skipEmpty(Position position) {
    Position at = position;
    while (at.cursor() >= longest(at.epoch(), at.phase())) {
      boolean lastPhase = at.phase() + 1 == numPhases();
      at =
          lastPhase
              ? new Position(at.epoch() + 1, 0, 0)
              : new Position(at.epoch(), at.phase() + 1, 0);
    }
    return at;
  }

  private int numPhases() {
    return numMiniBatches.length / workers;
  }

  private int longest(int epoch, int phase) {
    int longest = 0;
    for (int worker = 0; worker < workers; worker++) {
      longest = Math.max(longest, numMiniBatches[shard(worker, epoch, phase)]);
    }
    return longest;
  }

  private int shard(int worker, int epoch, int phase) {
    if (numPhases() == 1) {
      return worker;
    }
    int[] order = SplitMix.permutation(numPhases(), RandomStream.PHASES.key(seed, epoch, worker));
    return worker + workers * order[phase];
  }
}
