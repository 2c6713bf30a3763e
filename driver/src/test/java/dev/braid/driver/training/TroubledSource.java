package dev.braid.driver.training;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Moment;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.state.State;
import java.io.Serializable;

/**
 * Builds replicas of another source, to whose steps something happens first.
 *
 * @param trouble what happens before each step
 */
record TroubledSource(ReplicaSource source, Trouble trouble) implements ReplicaSource {

  /** What happens before a step, on the executor. */
  interface Trouble extends Serializable {
    void before(Moment moment);
  }

  /** Waits. */
  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Replica create() {
    Replica replica = source.create();
    return new Replica() {
      @Override
      public State newState() {
        return replica.newState();
      }

      @Override
      public void load(State state) {
        replica.load(state);
      }

      @Override
      public void read(State state) {
        replica.read(state);
      }

      @Override
      public double step(MiniBatch batch, Moment moment) {
        trouble.before(moment);
        return replica.step(batch, moment);
      }

      @Override
      public float[][] output(MiniBatch batch) {
        return replica.output(batch);
      }

      @Override
      public Scores score(MiniBatch batch) {
        return replica.score(batch);
      }

      @Override
      public void close() {
        replica.close();
      }
    };
  }
}
