package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;
import static dev.braid.worker.Check.wrong;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * One layer as a job file describes it: {@code - dense: {units: 500, activation: relu}}. A layer
 * reads the one before it unless {@code from} names others, so that chains, branches and shortcuts
 * are all one list.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(Dense.class),
  @JsonSubTypes.Type(Convolution.class),
  @JsonSubTypes.Type(MaxPooling.class),
  @JsonSubTypes.Type(AveragePooling.class),
  @JsonSubTypes.Type(GlobalMaxPooling.class),
  @JsonSubTypes.Type(GlobalAveragePooling.class),
  @JsonSubTypes.Type(BatchNorm.class),
  @JsonSubTypes.Type(LayerNorm.class),
  @JsonSubTypes.Type(Dropout.class),
  @JsonSubTypes.Type(Embedding.class),
  @JsonSubTypes.Type(SimpleRnn.class),
  @JsonSubTypes.Type(Gru.class),
  @JsonSubTypes.Type(Lstm.class),
  @JsonSubTypes.Type(Bidirectional.class),
  @JsonSubTypes.Type(TimeDistributed.class),
  @JsonSubTypes.Type(RepeatVector.class),
  @JsonSubTypes.Type(LastStep.class),
  @JsonSubTypes.Type(AttentionPooling.class),
  @JsonSubTypes.Type(Attention.class),
  @JsonSubTypes.Type(MultiHeadAttention.class),
  @JsonSubTypes.Type(PositionalEncoding.class),
  @JsonSubTypes.Type(Flatten.class),
  @JsonSubTypes.Type(Reshape.class),
  @JsonSubTypes.Type(Activate.class),
  @JsonSubTypes.Type(Add.class),
  @JsonSubTypes.Type(Multiply.class),
  @JsonSubTypes.Type(Concatenate.class),
  @JsonSubTypes.Type(Absolute.class),
  @JsonSubTypes.Type(Subtract.class),
  @JsonSubTypes.Type(Average.class),
  @JsonSubTypes.Type(Maximum.class),
  @JsonSubTypes.Type(L2Normalise.class),
  @JsonSubTypes.Type(OneHot.class),
  @JsonSubTypes.Type(ZeroPadding.class),
  @JsonSubTypes.Type(Upsampling.class),
  @JsonSubTypes.Type(Output.class)
})
public sealed interface Layer extends Serializable
    permits Absolute,
        Activate,
        Add,
        Attention,
        AttentionPooling,
        Average,
        BatchNorm,
        Bidirectional,
        Concatenate,
        Convolution,
        Dense,
        Dropout,
        Embedding,
        Flatten,
        GlobalAveragePooling,
        GlobalMaxPooling,
        L2Normalise,
        LastStep,
        LayerNorm,
        Maximum,
        MultiHeadAttention,
        Multiply,
        OneHot,
        Output,
        Pooling,
        PositionalEncoding,
        Recurrent,
        RepeatVector,
        Reshape,
        Subtract,
        TimeDistributed,
        Upsampling,
        ZeroPadding {

  /** Its name, unique in the network; null for kind and number, such as {@code dense2}. */
  String name();

  /** Names of the layers or inputs it reads, or one name; null for the layer before. */
  @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
  List<String> from();

  /** How its tensors begin, or whose they are; null for a layer that holds none. */
  default Weights weights() {
    return null;
  }

  /**
   * What it gives and holds at this place of a network.
   *
   * @throws IllegalArgumentException when the shapes it reads do not fit its settings
   */
  LayerPlan plan(Node node);

  /** What it reads to compute one time step of a sequence. */
  default AlongTime alongTime() {
    return AlongTime.FIXED;
  }

  /** Whether it can read a value of this ragged shape. */
  default boolean readsRagged(Shape shape) {
    return alongTime() != AlongTime.FIXED && shape.rank() == 2;
  }

  /**
   * Does nothing where it can read the values before {@code node}, be they ragged.
   *
   * @throws IllegalArgumentException naming the layer and what to do
   */
  default void requireReads(Node node) {
    for (Node.Source source : node.sources()) {
      require(
          !source.shape().isRagged() || readsRagged(source.shape()),
          source.shape().rank() == 1
              ? "%s reads %s, one index at each step; put an embedding layer in between, or write"
                  + " the input's shape as [time, 1] where these are plain numbers"
              : "%s needs as many numbers from each example, but reads %s; pool over the steps"
                  + " before it (globalMaxPooling, globalAveragePooling, returnSequences: false),"
                  + " or give all examples one length",
          node.describe(),
          source.describe());
    }
  }

  /** The same where it reads the ids of a text, of which there are so many, and says no number. */
  default Layer knowing(int numIds) {
    return this;
  }

  /** How many different indices it reads, from 0 on; 0 where it reads numbers. */
  default int numIndices() {
    return 0;
  }

  /** The sizes of what it remembers from one step to the next; empty where that is nothing. */
  default List<Integer> stateWidths(Node node) {
    return List.of();
  }

  /**
   * How many steps each example of its result has.
   *
   * @param sources those of the ragged values it reads, in their order; not empty
   * @throws IllegalArgumentException when these do not fit one another, or it
   */
  default int[] steps(Node node, List<int[]> sources) {
    int[] first = sources.get(0);
    for (int i = 1; i < sources.size(); i++) {
      if (!Arrays.equals(first, sources.get(i))) {
        throw wrong(
            "%s joins %s, whose examples must have the same numbers of steps: got %s and %s",
            node.describe(),
            node.describeSources(),
            Arrays.toString(first),
            Arrays.toString(sources.get(i)));
      }
    }
    return first;
  }

  /** Whether it multiplies each number of its weight once at each place of its result. */
  default boolean multipliesAtEachPlace() {
    return false;
  }

  /** How a job file calls this kind of layer. */
  default String kind() {
    return getClass().getAnnotation(JsonTypeName.class).value();
  }
}
