package dev.braid.driver.exchange;

import dev.braid.worker.engine.LocalPass;
import java.util.List;

/**
 * What is to be done in one round.
 *
 * @param epoch passes over the data done before, from 0
 * @param number of the round within the run, from 0
 * @param learningRate at its first step
 * @param shares who trains on what, in worker order
 * @param passes the workers', in the same order
 */
public record Round(
    int epoch, int number, double learningRate, List<Share> shares, List<LocalPass> passes) {

  /**
   * A worker's share of a round.
   *
   * @param worker logical worker, from 0
   * @param shard whose mini-batches it takes
   */
  public record Share(int worker, int shard) {}

  /** What a person reads in the Spark UI. */
  String description() {
    return "epoch %d round %d: local passes".formatted(epoch + 1, number + 1);
  }

  /** The numbers of the shards, in worker order. */
  public List<Integer> shards() {
    return shares.stream().map(Share::shard).toList();
  }
}
