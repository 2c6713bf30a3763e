package dev.braid.worker.torch;

import dev.braid.worker.engine.ReplicaSource;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.optimizer.rule.UpdateRule;

/** A network that is not made of layers, but computed by libtorch all the same. */
public interface TorchBlueprint extends Blueprint {

  /** What makes its replicas, which Braid's optimizers train. */
  ReplicaSource replicas(UpdateRule rule);
}
