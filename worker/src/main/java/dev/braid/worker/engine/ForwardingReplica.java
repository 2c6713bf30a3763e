package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.state.State;

/** Another replica, of which a subclass changes what it must. */
public abstract class ForwardingReplica extends ForwardingEvaluator implements Replica {
  private final Replica replica;

  /**
   * @param replica is closed with this one
   */
  protected ForwardingReplica(Replica replica) {
    super(replica);
    this.replica = replica;
  }

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
  public double step(MiniBatch batch, StepContext context) {
    return replica.step(batch, context);
  }
}
