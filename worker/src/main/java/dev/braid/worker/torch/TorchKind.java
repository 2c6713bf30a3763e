package dev.braid.worker.torch;

import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelKind;
import dev.braid.worker.inference.NetworkModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.torch.runtime.TorchClasspath;
import java.util.Optional;

/** Networks of Braid's layers, on libtorch: each thread has one that shares the weights. */
public final class TorchKind implements ModelKind {
  @Override
  public String engine() {
    return "torch";
  }

  @Override
  public Optional<LoadedModel> load(Model model, Blueprint plan) {
    if (!(plan instanceof NetworkPlan layers) || !TorchClasspath.isHere()) {
      return Optional.empty();
    }
    return Optional.of(
        new NetworkModel<>(
            Facts.of(model, layers),
            model,
            new TorchNetwork(layers),
            network -> {
              TorchNetwork own = network.sharingWeights();
              return NetworkModel.asking(own, layers, own::close);
            }));
  }
}
