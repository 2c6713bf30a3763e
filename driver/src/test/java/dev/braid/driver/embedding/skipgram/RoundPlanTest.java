package dev.braid.driver.embedding.skipgram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.skipgram.SkipGram;
import dev.braid.worker.embedding.skipgram.SkipGram.Contexts;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

public class RoundPlanTest {
  @Test
  void plan_choosesWorkersAndRounds_byTheCorpus() {
    RoundPlan small = RoundPlan.of(23_000_000, 0, 0);
    assertEquals(2, small.workers());
    assertEquals(23, small.roundsPerEpoch());
    RoundPlan large = RoundPlan.of(100_000_000_000L, 0, 0);
    assertEquals(64, large.workers());
    assertEquals(3125, large.roundsPerEpoch(), "500,000 tokens each");
    RoundPlan many = RoundPlan.of(23_000_000, 16, 0);
    assertEquals(23, many.roundsPerEpoch(), "a million tokens between two merges");
    assertTrue(small.reason().contains("23,000,000 tokens"), small.reason());
  }

  @Test
  void workers_joinOneByOne_andAllInTheFirstEighth() {
    long total = 1_000_000_000;
    assertEquals(1, RoundPlan.active(16, 0, total));
    assertEquals(1, RoundPlan.active(16, 900_000, total));
    assertEquals(7, RoundPlan.active(16, 3_900_000, total));
    assertEquals(16, RoundPlan.active(16, 8_000_000, total));
    assertEquals(16, RoundPlan.active(16, 500, 4000));
    assertEquals(1, RoundPlan.active(1, 500, 4000));
  }

  @Test
  void plan_keepsWhatIsSet() {
    RoundPlan plan = RoundPlan.of(1000, 4, 50);
    assertEquals(4, plan.workers());
    assertEquals(5, plan.roundsPerEpoch());
  }

  @Test
  void rowBytes_areThoseOfTheTokensOfARound_andOfAllWordsAtMost() {
    RoundPlan plan = RoundPlan.of(1000, 4, 50);
    assertEquals((50 + 50 + 200) * 10 * 4, plan.rowBytes(1000, 200, 10));
    assertEquals((20 + 20 + 20) * 10 * 4, plan.rowBytes(1000, 20, 10));
    RoundPlan large = RoundPlan.of(18_000_000, 2, 450_000);
    assertEquals((450_000 * 2 + 112_500) * 128L * 4, large.rowBytes(18_000_000, 6_000_000, 128));
  }

  @Test
  void plan_refusesNegativeWorkers() {
    assertThrows(IllegalArgumentException.class, () -> RoundPlan.of(1000, -1, 0));
  }

  @Test
  void rounds_growToAllWorkers_andTrainEveryBlockOncePerEpoch() {
    SkipGramPlan plan =
        new SkipGramPlan(
            new SkipGram(Contexts.EACH, 1, 1, 1, 0, new LearningRates(0.1, 0), 1),
            2,
            4,
            0,
            1,
            "plain",
            SkipGramPlan.RowTable.DEFAULT);
    long[] blockTokens = IntStream.range(0, 12).mapToLong(i -> 10).toArray();
    List<SkipGramRound> rounds = SkipGramTraining.rounds(plan, 4, blockTokens);
    assertEquals(
        List.of(1, 1, 2, 4, 4, 4, 4, 4), rounds.stream().map(r -> r.blocks().size()).toList());
    for (int epoch = 0; epoch < 2; epoch++) {
      int e = epoch;
      List<Integer> trained =
          rounds.stream()
              .filter(round -> round.epoch() == e)
              .flatMap(round -> round.blocks().stream())
              .sorted()
              .toList();
      assertEquals(IntStream.range(0, 12).boxed().toList(), trained);
    }
    SkipGramRound last = rounds.get(7);
    assertEquals(240, last.doneTokens() + last.numTokens());
    assertEquals(240, last.totalTokens());
  }

  @Test
  void placement_isByTheBudget_andSaysWhy() {
    assertTrue(RowPlacement.choose(1000, 100, 1 << 20).broadcast());
    RowPlacement large = RowPlacement.choose(6_000_000, 128, 512 << 20);
    assertFalse(large.broadcast());
    assertTrue(large.reason().contains("above the budget of 512 MiB"), large.reason());
  }
}
