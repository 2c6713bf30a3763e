package dev.braid.worker.keras;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.Absolute;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.Average;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The order of the numbers in flat vectors. A flattened image has its channels first here and last
 * in Keras, and so has all that is joined or computed from it number by number. Of every value of a
 * network this says which of Keras's numbers lies where: an array with the place in Keras for each
 * place here, or null where both have one order, as images, sequences and what a dense layer gives.
 */
final class FlatOrder {
  private static final Set<Class<?>> JOINS =
      Set.of(Add.class, Multiply.class, Subtract.class, Average.class, Maximum.class);

  /** What does not ask in which order its numbers come. */
  private static final Set<Class<?>> OF_SINGLE_NUMBERS =
      Set.of(
          Dropout.class,
          Activate.class,
          BatchNorm.class,
          LayerNorm.class,
          L2Normalise.class,
          Absolute.class);

  private FlatOrder() {}

  /**
   * The orders of a network's values, inputs first, then layers.
   *
   * @throws IllegalArgumentException naming a layer that would need the numbers in Keras's order
   */
  static List<int[]> of(NetworkPlan plan) {
    List<int[]> orders = new ArrayList<>(Collections.nCopies(plan.inputs().size(), null));
    for (LayerPlan layer : plan.layers()) {
      List<int[]> sources =
          layer.node().sources().stream().map(Node.Source::index).map(orders::get).toList();
      orders.add(after(layer, sources));
    }
    return orders;
  }

  private static int[] after(LayerPlan plan, List<int[]> sources) {
    Layer layer = plan.layer();
    boolean flattens = layer instanceof Flatten || layer instanceof Reshape;
    if (flattens && plan.shape().rank() == 1) {
      return sources.get(0) == null ? flattened(plan.node().shape()) : sources.get(0);
    }
    if (sources.stream().allMatch(Objects::isNull)) {
      return null;
    }
    if (layer instanceof Concatenate) {
      return joined(plan.node(), sources);
    }
    if (JOINS.contains(layer.getClass())) {
      require(
          sources.stream().allMatch(source -> Arrays.equals(source, sources.get(0))),
          "layer '%s' joins a flattened image with numbers in another order, which is not"
              + " supported",
          plan.node().name());
      return sources.get(0);
    }
    if (OF_SINGLE_NUMBERS.contains(layer.getClass())) {
      return sources.get(0);
    }
    require(
        layer instanceof Dense || (layer instanceof Output output && output.projection()),
        "layer '%s' reads a flattened image, whose numbers Keras has in another order; only dense"
            + " layers, and layers that join or change single numbers, can read one",
        plan.node().name());
    return null;
  }

  /** Keras's places of the numbers of an image; null where its channels lie the same there. */
  private static int[] flattened(Shape image) {
    int channels = image.channels();
    int places = image.size() / channels;
    if (image.channelAxis() > 0 || channels == 1 || places == 1) {
      return null;
    }
    int[] order = new int[image.size()];
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < places; p++) {
        order[c * places + p] = p * channels + c;
      }
    }
    return order;
  }

  private static int[] joined(Node node, List<int[]> sources) {
    int[] order = new int[node.sources().stream().mapToInt(s -> s.shape().size()).sum()];
    int begin = 0;
    for (int i = 0; i < sources.size(); i++) {
      int size = node.sources().get(i).shape().size();
      for (int k = 0; k < size; k++) {
        order[begin + k] = begin + (sources.get(i) == null ? k : sources.get(i)[k]);
      }
      begin += size;
    }
    return order;
  }
}
