package dev.braid.worker.torch.script;

import dev.braid.worker.network.Guest;
import java.util.List;

/** Modules of PyTorch's, in TorchScript. */
public final class ScriptGuest implements Guest {
  @Override
  public List<Class<?>> described() {
    return List.of(ScriptSection.class, ScriptArchitecture.class);
  }
}
