package dev.braid.worker.torch;

import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelKind;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import java.util.Optional;

/** Networks of Braid's layers, on libtorch. */
public final class LayersKind implements ModelKind {
  @Override
  public Optional<LoadedModel> load(Model model, Blueprint plan) {
    return plan instanceof NetworkPlan layers
        ? Optional.of(NetworkModel.of(model, layers))
        : Optional.empty();
  }
}
