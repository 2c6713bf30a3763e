package dev.braid.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.exchange.LossExplosion;
import dev.braid.driver.plan.LocalSteps.Pace;
import dev.braid.driver.plan.ReduceOnPlateau;
import dev.braid.driver.training.Walk.Position;
import dev.braid.worker.WrongSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavedProgressTest {
  /** As checkpoints have it since there are any. */
  private static final String JSON =
      """
      {"position":{"epoch":1,"phase":2,"cursor":3},"round":7,"step":40,"update":20,\
      "examples":640,"epochLossSum":12.5,"epochExamples":64,"seconds":9.75,\
      "pace":{"localSteps":4,"reason":"","firstSpread":0.0,"firstLoss":0.0,"rounds":0,\
      "spreadSum":0.0,"lossSum":0.0},"level":{"rateFactor":1.0,"best":"NaN","epochsSince":0},"bestValue":0.875,"epochsSinceBest":1,\
      "workerUpdates":[20,19],"shardSizes":[80,81],\
      "explosion":{"firstLoss":2.25,"loss":0.5}}\
      """;

  private static final SavedProgress SAVED =
      new SavedProgress(
          new Progress(
              new Position(1, 2, 3),
              new Work(7, 40, 20, 640),
              new Progress.Losses(12.5, 64),
              new Pace(4, ""),
              ReduceOnPlateau.Level.FIRST,
              new LossExplosion(2.25, 0.5)),
          9.75,
          new Best.Standing(0.875, 1),
          List.of(20L, 19L),
          List.of(80, 81),
          0);

  @Test
  void fromJson_readsWhatWasWritten_byThisBraidAndByOlderOnes() {
    assertEquals(SAVED, SavedProgress.fromJson(SAVED.toJson()));
    assertEquals(SAVED, SavedProgress.fromJson(JSON));
    int explosion = JSON.indexOf(",\"explosion\"");
    SavedProgress older = SavedProgress.fromJson(JSON.substring(0, explosion) + "}");
    assertEquals(LossExplosion.UNKNOWN, older.progress().explosion());
  }

  @Test
  void fromJson_ofSomethingElse_isRefused() {
    for (String other : List.of("{}", "{\"round\":", "[]")) {
      WrongSettings e =
          assertThrows(WrongSettings.class, () -> SavedProgress.fromJson(other), other);
      assertTrue(e.getMessage().startsWith("the checkpoint's progress cannot be read"), other);
    }
  }
}
