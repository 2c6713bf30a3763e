package dev.braid.worker.transfer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.network.FrozenFeatures;
import dev.braid.worker.network.Network;
import java.util.List;
import java.util.Map;

/**
 * What becomes of a learned network: section {@code transfer} of a job file.
 *
 * @param model path of its file: a {@code model.zip} or the folder of the run that trained it, a
 *     model of Keras's in HDF5; or a file of weights alone, HDF5 or safetensors, for {@code
 *     architecture} or {@code network}, which begin anew where it is left out
 * @param architecture name of the network whose weights the model file holds, one of {@link
 *     KnownNetwork}; null where the file or {@code network} says it
 * @param network layers whose weights the model file holds; null where the file says it
 * @param names what these layers, or their tensors, are called in a safetensors file; what is left
 *     out is called the same
 * @param cut where its end is taken off; by default before its first output where there is a head,
 *     else nowhere
 * @param head layers put in the place of what is cut off
 * @param freeze layers that stay as they are; none if left out
 * @param reset names of layers that keep their place but begin anew
 * @param rates layers that learn slower or faster than the rest
 * @param features what becomes of the outputs of first layers that never learn
 */
public record TransferPlan(
    String model,
    KnownNetwork architecture,
    Network network,
    Map<String, String> names,
    Cut cut,
    List<Layer> head,
    Freeze freeze,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> reset,
    List<Rate> rates,
    FrozenFeatures features) {
  public TransferPlan {
    require(
        (model != null && !model.isBlank()) || architecture != null || network != null,
        "transfer.model is missing: the model to adapt");
    names = names == null ? Map.of() : Map.copyOf(names);
    require(
        architecture == null || network == null,
        "transfer.architecture and transfer.network are both given; leave one of them out");
    require(
        names.isEmpty() || network != null,
        "transfer.names needs transfer.network, whose layers it names");
    head = head == null ? List.of() : List.copyOf(head);
    freeze = freeze == null ? Freeze.NOTHING : freeze;
    reset = reset == null ? List.of() : List.copyOf(reset);
    rates = rates == null ? List.of() : List.copyOf(rates);
    features = features == null ? FrozenFeatures.DEFAULT : features;
    require(
        cut == null || !head.isEmpty(),
        "transfer.cut takes the network's end off; say by transfer.head what comes in its place");
  }

  /**
   * Where a network is cut: one of the two.
   *
   * @param after name of the last layer that is kept
   * @param last how many layers are taken off
   */
  public record Cut(String after, Integer last) {
    public Cut {
      require(
          (after == null) != (last == null),
          "transfer.cut needs either after (the last layer to keep) or last (how many to remove)");
      require(last == null || last > 0, "transfer.cut.last must be at least 1, got %s", last);
    }
  }

  /**
   * What is frozen.
   *
   * @param upTo name of the last of the first layers that are
   * @param layers names of further ones
   * @param unfreeze which of them begin to learn later
   */
  public record Freeze(
      String upTo,
      @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> layers,
      List<Unfreeze> unfreeze) {
    /** Everything learns. */
    public static final Freeze NOTHING = new Freeze(null, List.of(), List.of());

    public Freeze {
      layers = layers == null ? List.of() : List.copyOf(layers);
      unfreeze = unfreeze == null ? List.of() : List.copyOf(unfreeze);
    }
  }

  /**
   * Layers that learn from some epoch on.
   *
   * @param epoch from 1, as progress is shown
   * @param layers their names
   */
  public record Unfreeze(
      @JsonProperty(required = true) int epoch,
      @JsonProperty(required = true)
          @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          List<String> layers) {
    public Unfreeze {
      require(epoch > 1, "unfreeze.epoch must be at least 2, got %d", epoch);
      layers = List.copyOf(layers);
    }
  }

  /**
   * Layers with a learning rate of their own.
   *
   * @param layers their names
   * @param factor what the training's learning rate is multiplied with
   */
  public record Rate(
      @JsonProperty(required = true)
          @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          List<String> layers,
      @JsonProperty(required = true) double factor) {
    public Rate {
      require(
          factor > 0 && Double.isFinite(factor),
          "rates.factor must be above 0, got %s; a layer that is not to learn belongs into freeze",
          factor);
      layers = List.copyOf(layers);
    }
  }
}
