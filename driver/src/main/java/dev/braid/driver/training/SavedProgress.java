package dev.braid.driver.training;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.exchange.LossExplosion;
import dev.braid.driver.plan.LocalSteps.Pace;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.training.Walk.Position;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.util.List;

/**
 * What a checkpoint says of a training beside its states, in JSON without sections.
 *
 * @param progress where it stands
 * @param seconds spent so far
 * @param best where early stopping stands
 * @param workerUpdates with kept optimizer state the updates of each worker's, else empty
 * @param shardSizes examples in each shard
 * @param averagedSteps that are part of the moving average
 */
record SavedProgress(
    @JsonUnwrapped Progress progress,
    double seconds,
    @JsonUnwrapped Best.Standing best,
    List<Long> workerUpdates,
    List<Integer> shardSizes,
    long averagedSteps) {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Jackson writes records within records as one section, but cannot read them so. */
  static SavedProgress fromJson(String json) {
    try {
      JsonNode all = JSON.readTree(json);
      return new SavedProgress(
          new Progress(
              JSON.treeToValue(all.required("position"), Position.class),
              JSON.treeToValue(all, Work.class),
              JSON.treeToValue(all, Progress.Losses.class),
              JSON.treeToValue(all.required("pace"), Pace.class),
              JSON.treeToValue(all.required("level"), ReduceOnPlateau.Level.class),
              JSON.treeToValue(all.get("explosion"), LossExplosion.class)),
          all.required("seconds").asDouble(),
          JSON.treeToValue(all, Best.Standing.class),
          JSON.readerForListOf(Long.class).readValue(all.required("workerUpdates")),
          JSON.readerForListOf(Integer.class).readValue(all.required("shardSizes")),
          all.path("averagedSteps").asLong());
    } catch (IOException | IllegalArgumentException e) {
      throw new WrongSettings("the checkpoint's progress cannot be read: " + e.getMessage(), e);
    }
  }
}
