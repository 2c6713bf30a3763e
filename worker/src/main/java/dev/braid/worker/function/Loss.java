package dev.braid.worker.function;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What training minimises at an output. With x what the output layer computes, p = activation(x), y
 * the label, all are means over the labels present; a label NaN is missing and counts nothing, in
 * value and gradient. Where no label of a mini-batch is present the loss is 0.
 *
 * <p>The mean runs over examples (and time steps) for {@link #CROSS_ENTROPY}, {@link
 * #KL_DIVERGENCE} and {@link #COSINE}, whose labels are whole vectors (missing when any part is),
 * and over single numbers for the others.
 */
public enum Loss {
  /** -log p[y], p = softmax(x); y is the index of the class. */
  @JsonProperty("crossEntropy")
  CROSS_ENTROPY(Activation.SOFTMAX, Labels.CLASSES),
  /** -y log p - (1 - y) log(1 - p), p = sigmoid(x); y between 0 and 1: any number of classes. */
  @JsonProperty("binaryCrossEntropy")
  BINARY_CROSS_ENTROPY(Activation.SIGMOID, Labels.SHARES),
  /** (p - y)^2. */
  @JsonProperty("meanSquared")
  MEAN_SQUARED(null, Labels.NUMBERS),
  /** |p - y|. */
  @JsonProperty("meanAbsolute")
  MEAN_ABSOLUTE(null, Labels.NUMBERS),
  /** (p - y)^2 / 2 where |p - y| is at most 1, else |p - y| - 1/2 (Huber 1964). */
  @JsonProperty("huber")
  HUBER(null, Labels.NUMBERS),
  /** max(0, 1 - t p), t = 1 where y is above 0, else -1: labels 0 and 1 or -1 and 1. */
  @JsonProperty("hinge")
  HINGE(null, Labels.SIGNS),
  /** max(0, 1 - t p)^2. */
  @JsonProperty("squaredHinge")
  SQUARED_HINGE(null, Labels.SIGNS),
  /** p - y log p up to a constant, p = exp(x): counts. */
  @JsonProperty("poisson")
  POISSON(Activation.EXPONENTIAL, Labels.NUMBERS),
  /** Sum over classes of y log(y / p), p = softmax(x): y is a distribution. */
  @JsonProperty("klDivergence")
  KL_DIVERGENCE(Activation.SOFTMAX, Labels.VECTORS),
  /** 1 - cosine of the angle between p and y. */
  @JsonProperty("cosine")
  COSINE(null, Labels.VECTORS);

  /** What the labels of a loss are. */
  public enum Labels {
    /** The index of a class. */
    CLASSES,
    /** Numbers between 0 and 1, each of a class that applies or does not. */
    SHARES,
    /** Numbers of any size; answers are the better the nearer to them. */
    NUMBERS,
    /** Numbers of which the sign counts: answers are told by theirs. */
    SIGNS,
    /** A whole vector over the units, missing when any part of it is. */
    VECTORS
  }

  private final Activation link;
  private final Labels labels;

  Loss(Activation link, Labels labels) {
    this.link = link;
    this.labels = labels;
  }

  /** The activation this loss is made for and contains; null where any will do. */
  public Activation link() {
    return link;
  }

  public Labels labels() {
    return labels;
  }

  public boolean isOfClasses() {
    return labels == Labels.CLASSES;
  }

  public boolean isOverVectors() {
    return labels == Labels.VECTORS;
  }
}
