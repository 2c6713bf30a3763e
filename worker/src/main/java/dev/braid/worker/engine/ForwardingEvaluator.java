package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;

/** What answers as another does, and is trained in a way of its own. */
public abstract class ForwardingEvaluator implements Evaluator {
  private final Evaluator network;

  /**
   * @param network is closed with this one
   */
  protected ForwardingEvaluator(Evaluator network) {
    this.network = network;
  }

  @Override
  public float[][] output(MiniBatch batch) {
    return network.output(batch);
  }

  @Override
  public Scores score(MiniBatch batch) {
    return network.score(batch);
  }

  @Override
  public void close() {
    network.close();
  }
}
