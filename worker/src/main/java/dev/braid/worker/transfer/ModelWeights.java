package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The numbers of a model of Braid's, by their names. */
final class ModelWeights implements LearnedWeights {
  private final Map<String, Place> places = new HashMap<>();

  private record Place(Segment segment, Blocks values) {}

  ModelWeights(Model model) {
    NetworkPlan plan = (NetworkPlan) model.description().plan();
    put(plan.layout().params(), model.params());
    put(plan.layout().statistics(), model.statistics());
  }

  private void put(List<Segment> segments, Blocks values) {
    segments.forEach(segment -> places.put(segment.name(), new Place(segment, values)));
  }

  @Override
  public Optional<float[]> of(NetworkPlan plan, LayerPlan layer, Parameter parameter) {
    Place place = places.get(layer.nameOf(parameter));
    require(
        place != null && place.segment.shape().equals(parameter.shape()),
        "transfer.model: %s has shape %s, but this data needs %s; give examples of the shape the"
            + " model was trained with, or cut it above layer '%s'",
        layer.nameOf(parameter),
        place == null ? "none" : place.segment.shape(),
        parameter.shape(),
        layer.node().name());
    float[] values = new float[Math.toIntExact(parameter.size())];
    place.values.read(place.segment.offset(), values, values.length);
    return Optional.of(values);
  }
}
