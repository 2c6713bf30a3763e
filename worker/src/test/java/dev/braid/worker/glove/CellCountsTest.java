package dev.braid.worker.glove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.worker.embedding.LearningRates;
import dev.braid.worker.embedding.token.TokenBlock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CellCountsTest {
  /** Words 3 and 8 in the texts "3 8 3" and "8". */
  private static final TokenBlock TEXTS =
      TokenBlock.of(new int[] {3, 8, 3, 8}, new int[] {3, 4}, id -> 2);

  @Test
  void leftOnly_countsWordsBefore_byOneOverTheirDistance() {
    assertEquals(Map.of("8 3", 1.0, "3 8", 1.0, "3 3", 0.5), cells(TEXTS, glove(5, false), 1));
  }

  @Test
  void symmetric_countsBothSides() {
    assertEquals(Map.of("8 3", 2.0, "3 8", 2.0, "3 3", 1.0), cells(TEXTS, glove(5, true), 1));
  }

  @Test
  void window_endsAtItsLength_andAtTheText() {
    assertEquals(Map.of("8 3", 2.0, "3 8", 2.0), cells(TEXTS, glove(1, true), 1));
  }

  @Test
  void blocks_shareTheWords_andLoseNothing() {
    assertEquals(cells(TEXTS, glove(5, true), 1), cells(TEXTS, glove(5, true), 3));
  }

  @Test
  void sum_addsPartsInAnyOrder_andSorts() {
    CellCounts a = new CellCounts(new int[] {5000, 0}, new int[] {1, 70_000}, new long[] {7, 1});
    CellCounts b = new CellCounts(new int[] {0, 0}, new int[] {2, 70_000}, new long[] {3, 4});
    for (List<CellCounts> parts : List.of(List.of(a, b), List.of(b, a))) {
      CellCounts sum = CellCounts.fromBytes(CellCounts.sum(parts).toBytes());
      assertArrayEquals(new int[] {0, 0, 5000}, sum.rows());
      assertArrayEquals(new int[] {2, 70_000, 1}, sum.columns());
      assertArrayEquals(new long[] {3, 5, 7}, sum.counts());
    }
    assertEquals(0, CellCounts.sum(List.of()).rows().length);
  }

  /** One word of 100 tokens: kept with probability sqrt(0.09) + 0.09 = 0.39, so 0.39^2 of pairs. */
  @Test
  void sample_leavesOutFrequentWords_beforeWindowsAreLaid() {
    int[] words = new int[100_000];
    int[] ends = {words.length};
    TokenBlock texts = TokenBlock.of(words, ends, id -> 100_000);
    Glove glove =
        new Glove(
            2,
            new Glove.Window(1, false),
            0.09,
            new Glove.Weighting(10, 0.75),
            0,
            new LearningRates(0.05, 0.05));
    CellCounts counts = CellCounts.count(texts, glove, 1, 100_000, 1).get(0);
    // Windows close over what is left out: 39,000 words next to each other. Three deviations: 463.
    assertEquals(39_000, (double) counts.counts()[0] / CellCounts.UNIT, 463);
  }

  private static Glove glove(int window, boolean symmetric) {
    return new Glove(
        2,
        new Glove.Window(window, symmetric),
        0,
        new Glove.Weighting(10, 0.75),
        0,
        new LearningRates(0.05, 0.05));
  }

  /** All cells under their words' ids. */
  private static Map<String, Double> cells(TokenBlock texts, Glove glove, int numBlocks) {
    Map<String, Double> cells = new TreeMap<>();
    List<CellCounts> blocks = CellCounts.count(texts, glove, numBlocks, 100, 1);
    for (int block = 0; block < blocks.size(); block++) {
      CellCounts counts = CellCounts.sum(List.of(blocks.get(block)));
      for (int i = 0; i < counts.rows().length; i++) {
        int row = counts.rows()[i] * numBlocks + block / numBlocks;
        int column = counts.columns()[i] * numBlocks + block % numBlocks;
        cells.put(row + " " + column, (double) counts.counts()[i] / CellCounts.UNIT);
      }
    }
    return cells;
  }
}
