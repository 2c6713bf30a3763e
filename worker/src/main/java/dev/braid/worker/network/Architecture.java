package dev.braid.worker.network;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A network without its numbers, complete in itself: section {@code network} of a model's
 * description. Its keys tell the kinds apart.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION, defaultImpl = Network.class)
@JsonSubTypes(@JsonSubTypes.Type(Network.class)) // guests register theirs
public interface Architecture extends Serializable {

  /**
   * The network on this data, all shapes resolved and checked.
   *
   * @param data names and shapes of the data's inputs, in the order of a mini-batch's inputs
   * @param targets what the data says about each output's labels, in the order of a mini-batch's
   *     labels; may be empty when there are no labels
   * @throws IllegalArgumentException when something does not fit, naming layers and shapes
   */
  Blueprint plan(Map<String, Shape> data, List<Target> targets);

  /**
   * Does nothing where no input is ragged: for networks that know of no padding.
   *
   * @param network what it is, in words
   */
  static void requireOneLength(Map<String, Shape> data, String network) {
    for (Map.Entry<String, Shape> input : data.entrySet()) {
      require(
          !input.getValue().isRagged(),
          "input '%s' is %s, but %s takes sequences of one length: give the data's one, or describe"
              + " the network by layers",
          input.getKey(),
          input.getValue(),
          network);
    }
  }

  /**
   * The same with all filled in that the words of texts tell.
   *
   * @param numIds by the name of an input of the data that is made of texts, how many ids there are
   */
  default Architecture knowing(Map<String, Integer> numIds) {
    return this;
  }
}
