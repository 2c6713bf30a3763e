package dev.braid.worker.torch.script;

import dev.braid.worker.inference.Facts;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelKind;
import dev.braid.worker.inference.NetworkModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.torch.runtime.TorchClasspath;
import java.util.Optional;

/** Modules of PyTorch's: in files that it wrote, and in Braid's model files. */
public final class ScriptKind implements ModelKind {
  @Override
  public String engine() {
    return "torch";
  }

  @Override
  public boolean reads(byte[] file) {
    return TorchScript.isPyTorch(file);
  }

  @Override
  public LoadedModel read(byte[] file, LoadingPlan how) {
    how.requireEngine("torch", "a TorchScript module");
    TorchClasspath.requireHere("a file of PyTorch's");
    return new TorchScriptModel(file, how.foreign());
  }

  @Override
  public Optional<LoadedModel> load(Model model, Blueprint plan) {
    return plan instanceof ScriptPlan script
        ? Optional.of(
            new NetworkModel<>(
                Facts.of(model, script),
                model,
                new ScriptNetwork(script),
                network ->
                    NetworkModel.asking(network, script, () -> {}))) // all threads ask the one
        : Optional.empty();
  }
}
