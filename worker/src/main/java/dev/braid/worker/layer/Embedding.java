package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.util.List;

/**
 * A learned vector for each index: [time] of whole numbers from 0 to [time, dimension], or to the
 * mean of them, [dimension].
 *
 * @param size number of different indices; may be left out where it reads texts whose words are
 *     known, and is their number then
 * @param dimension length of the vectors
 * @param pool whether each vector is given, as by default, or their mean
 * @param padding whether index 0 fills up what is shorter: its vector is 0 and stays so, and counts
 *     nothing in the mean; by default no
 * @param weights of the table; by default normal with standard deviation 1
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("embedding")
public record Embedding(
    Integer size,
    @JsonProperty(required = true) int dimension,
    Pool pool,
    Boolean padding,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public Embedding {
    require(size == null || size > 0, "an embedding's size must be at least 1, got %d", size);
    require(dimension > 0, "dimension must be at least 1, got %d", dimension);
    pool = pool == null ? Pool.NONE : pool;
    padding = padding != null && padding;
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  /** What becomes of the vectors of one example. */
  public enum Pool {
    /** They are given one after another. */
    @JsonProperty("none")
    NONE,
    /** Their mean is given. */
    @JsonProperty("mean")
    MEAN
  }

  @Override
  public int numIndices() {
    return size == null ? 0 : size;
  }

  @Override
  public boolean readsRagged(Shape shape) {
    return shape.rank() == 1;
  }

  @Override
  public AlongTime alongTime() {
    return pool == Pool.MEAN ? AlongTime.ACROSS : AlongTime.EACH;
  }

  @Override
  public Embedding knowing(int numIds) {
    return size != null
        ? this
        : new Embedding(numIds, dimension, pool, padding, weights, name, from);
  }

  @Override
  public LayerPlan plan(Node node) {
    require(
        size != null,
        "%s: its size is missing, the number of different indices; it may be left out only where"
            + " the layer reads an input of texts, whose words tell it",
        node.describe());
    Shape input = node.one("[time] indices", 1, 1, "give it one row of indices per example");
    return new LayerPlan(
        this,
        node,
        pool == Pool.MEAN ? Shape.of(dimension) : Shape.ofChannels(dimension, input.sizes()),
        List.of(
            weights.tensor(
                List.of(size, dimension), size, dimension, Initialiser.read("normal(1)"))));
  }
}
