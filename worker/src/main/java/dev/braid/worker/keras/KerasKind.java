package dev.braid.worker.keras;

import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelKind;

/** Models that Keras has saved, which become networks of Braid's layers. */
public final class KerasKind implements ModelKind {
  @Override
  public boolean reads(byte[] file) {
    return KerasModel.isKeras(file);
  }

  @Override
  public LoadedModel read(byte[] file, LoadingPlan how) {
    return ModelBytes.load(KerasModel.read(file).model(), how);
  }
}
