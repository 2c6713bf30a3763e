package dev.braid.worker.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.embedding.WordTable;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.network.Network;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.Networks;
import dev.braid.worker.shape.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordRowsTest {
  private static final WordTable TABLE =
      new WordTable(List.of("cat", "dog", "sat"), new float[] {1, 2, 3, 4, 5, 9}, 2, 0);

  private static float[] rows(String embedding, List<String> words) {
    Map<String, TextEncoding> texts =
        Map.of("review", new TokenIds("letters", Vocabulary.of(words), Lengths.ANY));
    Network network =
        Networks.of(embedding, "gru: {units: 2}", "output: {loss: 'meanSquared', units: 1}")
            .knowing(Map.of("review", texts.get("review").numIds()));
    NetworkPlan plan = network.plan(Map.of("review", Shape.ragged()), List.of());
    LayerPlan layer = plan.layers().get(0);
    return new WordRows(TABLE)
        .knowing(texts)
        .of(plan, layer, layer.parameters().get(0))
        .orElseThrow();
  }

  @Test
  void vocabularyInAnotherOrder_hasEachWordsOwnVector_andTheMeanForOthers() {
    assertArrayEquals(
        new float[] {0, 0, 3, 5, 3, 5, 3, 5, 5, 9, 3, 5, 1, 2},
        rows("embedding: {dimension: 2}", List.of("sat", "bird", "cat")));
  }

  @Test
  void vectorsOfAnotherDimension_orTooFewIds_areRefused() {
    for (String wrong : List.of("{dimension: 3}", "{size: 6, dimension: 2}")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> rows("embedding: " + wrong, List.of("sat", "bird", "cat")),
          wrong);
    }
  }
}
