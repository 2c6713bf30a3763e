package dev.braid.worker.dl4j;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.engine.Replica;
import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.state.State;
import java.util.Optional;

/**
 * A DL4J network in a model file. DL4J's networks keep what they compute beside their weights, so
 * that each predictor has weights of its own.
 */
final class Dl4jModelFile implements LoadedModel {
  private final ModelFacts facts;
  private final Model model;
  private final Dl4jPlan plan;

  Dl4jModelFile(Model model, Dl4jPlan plan) {
    this.facts = Facts.of(model, plan);
    this.model = model;
    this.plan = plan;
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    Replica replica = plan.replicas(Optional.empty()).create();
    State state = replica.newState(); // with the updater's memory, which answers do not depend on
    state.params().copyFrom(model.params());
    state.statistics().copyFrom(model.statistics());
    replica.load(state);
    return new Asked(replica);
  }

  @Override
  public void close() {}

  private record Asked(Replica replica) implements Predictor {
    @Override
    public float[][] answer(MiniBatch batch) {
      return replica.output(batch);
    }

    @Override
    public void close() {
      replica.close();
    }
  }
}
