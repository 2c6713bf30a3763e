package dev.braid.worker.network;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a training begins with.
 *
 * @param network what is trained
 * @param weights parameters, statistics and, where it has one of its own, its optimizer's memory;
 *     empty for first weights as the network draws them
 * @param normalisers what prepared the inputs of these weights; empty to fit new ones
 * @param adaptation gives the weights where a learned network is made into another, and says what
 *     learns; empty where all layers do
 * @param encodings how what files hold was made into the inputs of these weights, one per input;
 *     empty where that is not known
 */
public record Start(
    Architecture network,
    Optional<State> weights,
    Optional<Normalisers> normalisers,
    Optional<Adaptation> adaptation,
    List<InputEncoding> encodings) {
  public Start {
    encodings = List.copyOf(encodings);
  }

  /** Without adaptation. */
  public Start(Architecture network, Optional<State> weights, Optional<Normalisers> normalisers) {
    this(network, weights, normalisers, Optional.empty(), List.of());
  }

  /** The same start on inputs that are made of files in these ways, one per input. */
  public Start encodedAs(List<InputEncoding> how) {
    return new Start(network, weights, normalisers, adaptation, how);
  }

  /**
   * The same start with all filled in that the words of texts tell.
   *
   * @param texts by the name of an input, how its words become ids
   */
  public Start knowing(Map<String, TextEncoding> texts) {
    Map<String, Integer> numIds = new LinkedHashMap<>();
    texts.forEach((name, text) -> numIds.put(name, text.numIds()));
    return new Start(
        network.knowing(numIds),
        weights,
        normalisers,
        adaptation.map(some -> some.knowing(texts)),
        encodings);
  }

  /** Normalisers that were fitted before. */
  @FunctionalInterface
  public interface Normalisers {

    /**
     * One per input.
     *
     * @param inputs shapes of the network's inputs
     * @throws IllegalArgumentException when they are for inputs of other shapes
     */
    List<Normaliser> of(Collection<Shape> inputs);
  }

  /** With first weights. */
  public static Start of(Architecture network) {
    return new Start(network, Optional.empty(), Optional.empty());
  }
}
