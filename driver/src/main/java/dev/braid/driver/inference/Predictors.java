package dev.braid.driver.inference;

import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.machine.Pool;

/** A model in the memory of an executor: loaded once, asked by all its tasks. */
public final class Predictors extends Pool<Predictor> {
  private final LoadedModel model;

  private Predictors(LoadedModel model) {
    this.model = model;
  }

  /** Those of the model that these bytes are. */
  public static Predictors of(byte[] bytes, LoadingPlan how) {
    return Pool.of(bytes, file -> new Predictors(ModelBytes.load(file, how)));
  }

  @Override
  protected Predictor create() {
    return model.predictor();
  }

  @Override
  protected void free(Predictor predictor) {
    predictor.close();
  }

  @Override
  protected void freeShared() {
    model.close();
  }
}
