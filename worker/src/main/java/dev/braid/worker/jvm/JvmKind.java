package dev.braid.worker.jvm;

import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelKind;
import dev.braid.worker.inference.NetworkModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import java.util.Optional;

/** Networks of Braid's layers, in plain Java: each thread has one that shares the weights. */
public final class JvmKind implements ModelKind {
  @Override
  public String engine() {
    return "jvm";
  }

  @Override
  public Optional<LoadedModel> load(Model model, Blueprint plan) {
    if (!(plan instanceof NetworkPlan layers)) {
      return Optional.empty();
    }
    return Optional.of(
        new NetworkModel<>(
            Facts.of(model, layers),
            model,
            new JvmNetwork(layers),
            network -> {
              JvmNetwork own = network.sharingWeights();
              return NetworkModel.asking(own, layers, own::close);
            }));
  }
}
