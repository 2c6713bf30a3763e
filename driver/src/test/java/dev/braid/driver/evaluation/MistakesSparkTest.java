package dev.braid.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.training.Clusters;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.state.State;
import dev.braid.worker.task.classification.Classification;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class MistakesSparkTest {
  private static final Clusters RUN =
      new Clusters(
          Clusters.network(Clusters.DENSE),
          Clusters.training(1, 4, 1, new Sgd(0.05)),
          10,
          List.of(95, 0, 40, 130));

  @Test
  void evaluation_findsTheSurestMistakes_withTheirExamples() {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
    State state = RUN.initial();
    List<Shard> examples = RUN.examples();
    try (Shards shards = SmallShards.of(sc, examples)) {
      Evaluation scores = Evaluation.run(sc, shards, state, RUN.spec(), RUN.blank());

      List<Mistake> expected = allMistakes(examples, state);
      Classification counts = (Classification) scores.outputs().get("output");
      assertEquals(Math.round((1 - counts.accuracy()) * 265), expected.size());
      assertTrue(expected.size() > Mistakes.MOST, "too few mistakes to choose from");
      assertEquals(expected.subList(0, Mistakes.MOST), scores.mistakes());

      List<MistakenExample> shown = MistakenExample.of(sc, shards, scores.mistakes());
      assertEquals(scores.mistakes(), shown.stream().map(MistakenExample::mistake).toList());
      for (MistakenExample example : shown) {
        Mistake mistake = example.mistake();
        float[] row = new float[Clusters.NUM_FEATURES];
        examples.get(mistake.shard()).input(0).read(mistake.row(), row, 0);
        assertArrayEquals(row, example.inputs().get(0));
      }
    }
  }

  /** All mistakes, found example by example in one process. */
  private static List<Mistake> allMistakes(List<Shard> examples, State state) {
    List<Mistake> mistakes = new ArrayList<>();
    try (Replica replica = RUN.spec().source().create()) {
      replica.load(state);
      for (int shard = 0; shard < examples.size(); shard++) {
        MiniBatches one = MiniBatches.inOrder(examples.get(shard), 1, RUN.spec().normalisers());
        for (int row = 0; row < one.count(); row++) {
          MiniBatch example = one.get(row);
          float[] answer = replica.score(example).outputs()[0];
          int best = answer[0] >= answer[1] && answer[0] >= answer[2] ? 0 : 1;
          best = answer[2] > answer[best] ? 2 : best;
          int actual = (int) example.labels()[0][0];
          if (best != actual) {
            mistakes.add(
                new Mistake(
                    "output",
                    List.of(answer[0], answer[1], answer[2]),
                    List.of((float) actual),
                    answer[best],
                    shard,
                    row));
          }
        }
      }
    }
    mistakes.sort(Mistake.SUREST_FIRST);
    return mistakes;
  }
}
