package dev.braid.driver.training;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.ForwardingReplica;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.StepContext;
import java.io.Serializable;

/**
 * Builds replicas of another source, to whose steps something happens first.
 *
 * @param trouble what happens before each step
 */
public record TroubledSource(ReplicaSource source, Trouble trouble) implements ReplicaSource {

  /** What happens before a step, on the executor. */
  interface Trouble extends Serializable {
    void before(StepContext context);
  }

  /** Waits. */
  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Replica create() {
    return new ForwardingReplica(source.create()) {
      @Override
      public double step(MiniBatch batch, StepContext context) {
        trouble.before(context);
        return super.step(batch, context);
      }
    };
  }
}
