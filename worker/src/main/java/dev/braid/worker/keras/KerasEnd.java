package dev.braid.worker.keras;

import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.BinaryCrossEntropy;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanSquared;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An output of Keras's: what its last layer becomes, with activation and loss in one.
 *
 * @param layers that take the last layer's place, without the output
 * @param output what ends the network
 * @param foreignLoss what the model was trained with, where that is no loss of Braid's: the output
 *     then has one that fits its activation, by which it is scored but must not be trained
 */
record KerasEnd(List<Layer> layers, Output output, Optional<String> foreignLoss) {

  /**
   * The end of a network.
   *
   * @param last layers that Keras's last layer becomes
   * @param loss what the file names for this output
   * @param weight of the loss among others; null for 1
   */
  static KerasEnd of(List<Layer> last, KerasLoss loss, Double weight) {
    Layer end = last.get(last.size() - 1);
    List<Layer> layers = new ArrayList<>(last.subList(0, last.size() - 1));
    Activation shown = loss.shown(activation(end));
    Optional<Loss> counterpart = counterpart(loss, shown);
    Loss ours = counterpart.or(() -> ofProbabilities(shown)).orElse(new MeanSquared());
    Activation own = ours.link() == null && shown != Activation.IDENTITY ? shown : null;
    Integer units = null;
    Boolean bias = null;
    String name = end.name();
    List<String> from = end.from();
    if (end instanceof Dense dense) {
      units = dense.units();
      bias = dense.bias();
    } else if (!(end instanceof Activate)) {
      layers.add(withoutActivation(end));
      name = end.name() + "_output";
      from = List.of(end.name());
    }
    Output output = new Output(ours, units, own, weight, bias, units != null, null, name, from);
    Optional<String> foreign =
        counterpart.isPresent()
            ? Optional.empty()
            : Optional.of(loss.isNone() ? "no loss at all" : loss.describe());
    return new KerasEnd(layers, output, foreign);
  }

  private static Optional<Loss> counterpart(KerasLoss loss, Activation shown) {
    return loss.isNone() ? ofProbabilities(shown) : loss.counterpart(shown);
  }

  /** What probabilities are scored by; empty for all other answers. */
  private static Optional<Loss> ofProbabilities(Activation shown) {
    return Stream.<Loss>of(new CrossEntropy(), new BinaryCrossEntropy())
        .filter(loss -> loss.link() == shown)
        .findFirst();
  }

  /** The activation a layer ends with, as far as it can be taken off. */
  private static Activation activation(Layer layer) {
    return layer instanceof Dense dense
        ? dense.activation()
        : layer instanceof Activate activate
            ? activate.function()
            : layer instanceof Convolution convolution
                ? convolution.activation()
                : Activation.IDENTITY;
  }

  private static Layer withoutActivation(Layer layer) {
    return layer instanceof Convolution c
        ? new Convolution(
            c.filters(),
            c.kernel(),
            c.stride(),
            c.padding(),
            c.dilation(),
            c.groups(),
            Activation.IDENTITY,
            c.bias(),
            c.weights(),
            c.name(),
            c.from())
        : layer;
  }
}
