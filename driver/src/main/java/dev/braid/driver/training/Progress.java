package dev.braid.driver.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.training.LocalSteps.Pace;
import dev.braid.driver.training.Walk.Position;
import dev.braid.worker.WrongSettings;
import java.util.List;

/**
 * Where a training stands between two rounds, but for its states.
 *
 * @param position in the data
 * @param round rounds done
 * @param step optimizer steps done by all workers together
 * @param update updates the state has undergone
 * @param examples trained on, each counted as often as it was seen
 * @param epochLossSum over the examples of this epoch so far
 * @param epochExamples of this epoch so far
 * @param seconds spent so far
 * @param pace local steps and what they rest on
 * @param level where the learning rate's plateau rule stands
 * @param bestValue of the early-stopping metric, 0 before the first
 * @param epochsSinceBest epochs without improvement
 * @param workerUpdates with kept optimizer state the updates of each worker's, else empty
 * @param shardSizes examples in each shard
 * @param explosion what the loss is held against; null in checkpoints of an older Braid
 */
record Progress(
    Position position,
    int round,
    long step,
    long update,
    long examples,
    double epochLossSum,
    long epochExamples,
    double seconds,
    Pace pace,
    ReduceOnPlateau.Level level,
    double bestValue,
    int epochsSinceBest,
    List<Long> workerUpdates,
    List<Integer> shardSizes,
    LossExplosion explosion) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  Progress {
    explosion = explosion == null ? LossExplosion.UNKNOWN : explosion;
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Progress fromJson(String json) {
    try {
      return JSON.readValue(json, Progress.class);
    } catch (JsonProcessingException e) {
      throw new WrongSettings(
          "the checkpoint's progress cannot be read: " + e.getOriginalMessage(), e);
    }
  }
}
