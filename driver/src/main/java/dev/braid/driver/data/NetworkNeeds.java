package dev.braid.driver.data;

import dev.braid.driver.source.Labels;
import dev.braid.driver.source.SourceFacts;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a network says of the data that it learns from.
 *
 * @param units per output how many it has for each of its positions
 * @param indexInputs names of the inputs that hold indices of vectors, which no scaling may change
 */
public record NetworkNeeds(List<Integer> units, Set<String> indexInputs) {
  /** Of no network. */
  public static final NetworkNeeds NONE = new NetworkNeeds(List.of(), Set.of());

  public NetworkNeeds {
    units = List.copyOf(units);
    indexInputs = Set.copyOf(indexInputs);
  }

  /** Of this network. */
  public static NetworkNeeds of(Blueprint plan) {
    return new NetworkNeeds(
        plan.outputs().stream().map(OutputPlan::numUnits).toList(), plan.indexInputs());
  }

  /** Facts whose classes of time steps reach as far as the network's units. */
  SourceFacts classesOf(SourceFacts facts) {
    List<Labels> outputs = new ArrayList<>();
    for (Labels labels : facts.outputs()) {
      int i = outputs.size();
      outputs.add(i < units.size() ? labels.upTo(units.get(i)) : labels);
    }
    return facts.withOutputs(outputs);
  }
}
