package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.driver.exchange.Round.Share;
import dev.braid.driver.training.Walk.Position;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WalkTest {

  /** Mini-batches each shard gave in one epoch. */
  private static Map<Integer, Integer> taken(Walk walk, int[] sizes, int epoch, int localSteps) {
    Map<Integer, Integer> taken = new TreeMap<>();
    Position at = walk.start();
    int rounds = 0;
    while (at.epoch() <= epoch) {
      if (at.epoch() == epoch) {
        rounds++;
        for (Share share : walk.shares(at)) {
          int left = sizes[share.shard()] - at.cursor();
          taken.merge(share.shard(), Math.min(localSteps, left), Integer::sum);
        }
      }
      at = walk.after(at, localSteps);
    }
    assertEquals(rounds, walk.roundsPerEpoch(epoch, localSteps));
    return taken;
  }

  @Test
  void everyEpoch_takesEveryMiniBatchOnce() {
    int[] sizes = {5, 4, 7, 1, 0, 3};
    Walk walk = new Walk(sizes, 2, 9);
    for (int epoch = 0; epoch < 4; epoch++) {
      assertEquals(Map.of(0, 5, 1, 4, 2, 7, 3, 1, 5, 3), taken(walk, sizes, epoch, 2));
    }
  }

  @Test
  void workers_keepToTheirOwnShards() {
    Walk walk = new Walk(new int[] {1, 1, 1, 1}, 2, 1);
    Position at = walk.start();
    for (int round = 0; round < 20; round++) {
      for (Share share : walk.shares(at)) {
        assertEquals(share.worker(), share.shard() % 2);
      }
      at = walk.after(at, 1);
    }
  }

  @Test
  void shares_leaveOutWhoIsDoneOrHasNothing() {
    Walk walk = new Walk(new int[] {1, 0, 3}, 3, 1);
    assertEquals(List.of(new Share(0, 0), new Share(2, 2)), walk.shares(walk.start()));
    Position second = walk.after(walk.start(), 1);
    assertEquals(List.of(new Share(2, 2)), walk.shares(second));
    assertEquals(new Position(1, 0, 0), walk.after(second, 5));
  }

  @Test
  void shardsThatAreNotAMultipleOfTheWorkers_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Walk(new int[] {1, 1, 1}, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new Walk(new int[] {0, 0}, 2, 1));
  }
}
