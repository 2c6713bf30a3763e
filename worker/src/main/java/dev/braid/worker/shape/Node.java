package dev.braid.worker.shape;

import static dev.braid.worker.Check.require;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a layer stands in a network: its name and what it reads.
 *
 * @param name the layer's own or given name, unique in the network
 * @param kind how the job file calls this kind of layer
 * @param sources what it reads, in order
 */
public record Node(String name, String kind, List<Source> sources) implements Serializable {

  /**
   * An input of the network or an earlier layer.
   *
   * @param name its name
   * @param index its place among the network's values: inputs first, then layers
   * @param shape what it gives
   */
  public record Source(String name, int index, Shape shape) implements Serializable {
    /** Name and shape, for messages. */
    public String describe() {
      return "'" + name + "' " + shape;
    }
  }

  public Node {
    sources = List.copyOf(sources);
  }

  /** Shape of the first source. */
  public Shape shape() {
    return sources.get(0).shape();
  }

  /** The layer's name and kind, for messages. */
  public String describe() {
    return "layer '" + name + "' (" + kind + ")";
  }

  /** All sources with their shapes, for messages. */
  public String describeSources() {
    return sources.stream().map(Source::describe).collect(Collectors.joining(" and "));
  }

  /**
   * The shape of the one source.
   *
   * @param expected the shapes this layer takes, in words
   * @param minRank, maxRank their number of dimensions
   * @param advice what to do when the shape does not fit
   * @throws IllegalArgumentException when it does not fit or there are several sources
   */
  public Shape one(String expected, int minRank, int maxRank, String advice) {
    require(
        sources.size() == 1,
        "%s reads one layer, but its 'from' names %s; join them by an add or concatenate layer",
        describe(),
        describeSources());
    require(
        shape().rank() >= minRank && shape().rank() <= maxRank,
        "%s takes %s, but %s is what it reads; %s",
        describe(),
        expected,
        sources.get(0).describe(),
        advice);
    return shape();
  }

  /** The shape of the one source, whatever it is. */
  public Shape one() {
    return one("any shape", 1, Integer.MAX_VALUE, "");
  }

  /** The shape all sources have in common. */
  public Shape equal(String verb) {
    requireSeveral();
    for (Source source : sources) {
      require(
          source.shape().equals(shape()),
          "layer '%s' %s %s: shapes must be equal; give both branches the same filters (units) and"
              + " strides, or join them by concatenate",
          name,
          verb,
          describeSources());
    }
    return shape();
  }

  /** Requires at least two sources. */
  public void requireSeveral() {
    require(
        sources.size() > 1,
        "%s joins layers and needs at least two names in its 'from', got %s",
        describe(),
        describeSources());
  }
}
