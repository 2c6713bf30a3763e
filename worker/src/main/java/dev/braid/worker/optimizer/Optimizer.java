package dev.braid.worker.optimizer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;

/**
 * A rule that moves parameters against their gradient: {@code adam: {learningRate: 0.001}} in a job
 * file. A setting left out (null) takes the default that its record names.
 *
 * <p>In the formulas p is a parameter, g its gradient, t the update's number from 1, and lr the
 * learning rate after the schedule. Arithmetic is in float, element by element and without fused
 * multiply-add, so the bits do not depend on the machine; see {@link Underflow} for the smallest
 * numbers.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = Sgd.class, name = "sgd"),
  @JsonSubTypes.Type(value = Momentum.class, name = "momentum"),
  @JsonSubTypes.Type(value = Nesterov.class, name = "nesterov"),
  @JsonSubTypes.Type(value = RmsProp.class, name = "rmsProp"),
  @JsonSubTypes.Type(value = Adam.class, name = "adam"),
  @JsonSubTypes.Type(value = AdamW.class, name = "adamW"),
  @JsonSubTypes.Type(value = AdaGrad.class, name = "adaGrad"),
})
public sealed interface Optimizer extends Serializable
    permits Sgd, Momentum, Nesterov, RmsProp, AdaGrad, AdamFamily {

  /** The step's size before the schedule. */
  Double learningRate();

  /** How many numbers it remembers per parameter: one, where a record says no other. */
  default int numSlots() {
    return 1;
  }

  /**
   * Whether what it does depends on the number of updates done before, which is that of the whole
   * state: a tensor that some steps leave out would have a smaller one of its own.
   */
  default boolean countsUpdates() {
    return false;
  }

  /**
   * One update of the slice's params and slots; its gradients stay.
   *
   * @param learningRate step size at this moment, the schedule applied
   * @param update updates done before this one, from 0
   */
  void updateInPlace(Slice slice, double learningRate, long update);
}
