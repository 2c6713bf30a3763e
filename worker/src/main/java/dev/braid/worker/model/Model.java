package dev.braid.worker.model;

import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.state.Blocks;
import java.util.List;

/**
 * A trained network.
 *
 * @param description everything but the numbers
 * @param params weights, [numParams]
 * @param statistics running means and variances, [numStatistics]
 */
public record Model(ModelDescription description, Blocks params, Blocks statistics) {

  /** See {@link ModelSha256#of}. */
  public String sha256() {
    return ModelSha256.of(params, statistics);
  }

  /** The numbers by name. */
  List<Tensors> tensors(NetworkPlan plan) {
    return List.of(
        new Tensors(plan.layout().params(), params),
        new Tensors(plan.layout().statistics(), statistics));
  }
}
