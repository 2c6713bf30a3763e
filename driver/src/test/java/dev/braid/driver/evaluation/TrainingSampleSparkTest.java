package dev.braid.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.SmallShards;
import dev.braid.driver.training.Clusters;
import dev.braid.driver.training.EpochReport;
import dev.braid.driver.training.LearningTask;
import dev.braid.driver.training.Trained;
import dev.braid.driver.training.Training;
import dev.braid.driver.training.TrainingListener;
import dev.braid.worker.data.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class TrainingSampleSparkTest {
  private static final JavaSparkContext SC =
      JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());

  private static int[] sizes(int... shards) {
    List<Shard> examples = new ArrayList<>();
    for (int size : shards) {
      examples.add(Clusters.shard(size, size));
    }
    try (Shards train = SmallShards.of(SC, examples)) {
      Shards sample = TrainingSample.of(train);
      List<Shard> found = sample.rdd().collect();
      assertArrayEquals(found.stream().mapToInt(Shard::size).toArray(), sample.sizes());
      return sample.sizes();
    }
  }

  @Test
  void sample_isAShareOfEachShard_orAllOfFew() {
    assertArrayEquals(new int[] {30, 20}, sizes(30, 20));
    assertArrayEquals(new int[] {75, 25, 0}, sizes(300, 100, 0));
    assertArrayEquals(new int[] {200, 100}, sizes(4000, 2000));
    assertArrayEquals(new int[] {1000}, sizes(30_000));
  }

  @Test
  void epoch_tellsHowTheModelDoesOnTheSample() {
    Clusters run =
        new Clusters(
            Clusters.network(Clusters.DENSE),
            Clusters.training(2, 5, 4, new dev.braid.worker.optimizer.Sgd(0.3)),
            10,
            List.of(60, 60));
    List<Evaluation> scores = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {

          @Override
          public void epoch(EpochReport report) {
            scores.add(report.training().orElseThrow());
          }
        };
    try (Shards shards = SmallShards.of(SC, run.examples())) {
      Shards sample = TrainingSample.of(shards);
      Trained trained =
          Training.run(
              Clusters.context(SC, run.training()),
              new LearningTask(
                  shards,
                  Optional.of(new Validation(Optional.empty(), Optional.of(sample), run.blank())),
                  run.plan().layout(),
                  run.initial(),
                  run.spec()),
              run.training(),
              listener);
      Evaluation last = Evaluation.run(SC, sample, trained.state(), run.spec(), run.blank());
      assertEquals(4, scores.size());
      assertEquals(last.values(), scores.get(3).values());
      assertEquals(100, scores.get(3).examples());
      assertTrue(scores.get(3).loss() < scores.get(0).loss());
      assertEquals(
          Stream.of("loss", "accuracy").toList(),
          List.copyOf(last.values().keySet()).subList(0, 2));
    }
  }
}
