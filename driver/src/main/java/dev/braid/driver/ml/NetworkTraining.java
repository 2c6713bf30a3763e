package dev.braid.driver.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.shared.HasWeightCol;

/**
 * What an Estimator of networks can be set to, beside the names of columns that all have.
 *
 * @param <E> the estimator itself
 */
public interface NetworkTraining<E extends NetworkTraining<E>> extends Named, HasWeightCol {

  /** All of these; null while Spark's constructors run. */
  TrainingParams trainingParams();

  @Override
  default Uid named() {
    return trainingParams() == null ? null : trainingParams().named();
  }

  /** Section {@code network} of a job file, or its list of layers alone. Must be set. */
  default Param<String> network() {
    return trainingParams().network;
  }

  /** Section {@code training} of a job file; ten epochs of Adam by default. */
  default Param<String> training() {
    return trainingParams().training;
  }

  /** Instead of the optimizer's own learning rate: for a grid of them. */
  default DoubleParam learningRate() {
    return trainingParams().learningRate;
  }

  /** Passes over the rows, instead of the training's. */
  default IntParam epochs() {
    return trainingParams().epochs;
  }

  /** Logical workers, instead of the training's. */
  default IntParam workers() {
    return trainingParams().workers;
  }

  /** Rows in one optimizer step of one worker; 32 by default. */
  default IntParam batchSize() {
    return trainingParams().batchSize;
  }

  /** Source of every random choice; 0 by default. */
  default LongParam seed() {
    return trainingParams().seed;
  }

  /** Column of what each row's loss is multiplied by, relative to their mean; none by default. */
  @Override
  default Param<String> weightCol() {
    return trainingParams().weightCol;
  }

  /** Spark's trait would make the parameter itself. */
  @Override
  default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
      Param<String> theirs) {}

  /** See {@link #network}. */
  default E setNetwork(String value) {
    return with(network(), value);
  }

  /** See {@link #training}. */
  default E setTraining(String value) {
    return with(training(), value);
  }

  /** See {@link #learningRate}. */
  default E setLearningRate(double value) {
    return with(learningRate(), value);
  }

  /** See {@link #epochs}. */
  default E setEpochs(int value) {
    return with(epochs(), value);
  }

  /** See {@link #workers}. */
  default E setWorkers(int value) {
    return with(workers(), value);
  }

  /** See {@link #batchSize}. */
  default E setBatchSize(int value) {
    return with(batchSize(), value);
  }

  /** See {@link #seed}. */
  default E setSeed(long value) {
    return with(seed(), value);
  }

  /** See {@link #weightCol}. */
  default E setWeightCol(String value) {
    return with(weightCol(), value);
  }

  /** Sets a parameter. */
  @SuppressWarnings("unchecked") // E is the class itself
  private <T> E with(Param<T> param, T value) {
    set(param, value);
    return (E) this;
  }
}
