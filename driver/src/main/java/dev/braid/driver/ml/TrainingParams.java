package dev.braid.driver.ml;

import dev.braid.driver.plan.TrainingPlan;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.blas.OneOpenBlas;
import dev.braid.worker.network.Network;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import scala.Function1;

/** The parameters by which a network is trained; they are checked when they are set. */
public final class TrainingParams implements Serializable {
  private static final long serialVersionUID = 2;

  static final int DEFAULT_BATCH_SIZE = 32;
  static final String DEFAULT_TRAINING = "{epochs: 10, optimizer: {adam: {learningRate: 0.001}}}";

  private final Uid uid;
  private final Params owner;
  final Param<String> network;
  final Param<String> training;
  final DoubleParam learningRate;
  final IntParam epochs;
  final IntParam workers;
  final IntParam batchSize;
  final LongParam seed;
  final Param<String> weightCol;

  /**
   * @param uid the owner's name
   */
  TrainingParams(Uid uid, Params owner) {
    OneOpenBlas.loadEarly();
    this.uid = uid;
    this.owner = owner;
    network =
        new Param<>(
            owner,
            "network",
            "section network of a job file, in YAML or JSON",
            (Check) text -> Settings.network(text) != null);
    training =
        new Param<>(
            owner,
            "training",
            "section training of a job file, in YAML or JSON",
            (Check) text -> Settings.training(text, Map.of("learningRate", 0.001)) != null);
    learningRate =
        new DoubleParam(
            owner,
            "learningRate",
            "instead of the optimizer's own, above 0",
            ParamValidators.gt(0));
    epochs =
        new IntParam(
            owner,
            "epochs",
            "passes over the rows, at least 1, instead of the training's",
            ParamValidators.gtEq(1));
    workers =
        new IntParam(
            owner,
            "workers",
            "logical workers, at least 1, instead of the training's",
            ParamValidators.gtEq(1));
    batchSize =
        new IntParam(
            owner,
            "batchSize",
            "rows in one optimizer step of one worker, at least 1",
            ParamValidators.gtEq(1));
    seed = new LongParam(owner, "seed", "source of every random choice");
    weightCol = new Param<>(owner, "weightCol", "column of what a row's loss is multiplied by");
    owner.setDefault(training, DEFAULT_TRAINING);
    owner.setDefault(batchSize, DEFAULT_BATCH_SIZE);
    owner.setDefault(seed, 0L);
  }

  Uid named() {
    return uid;
  }

  /** A check that says itself what is wrong. */
  private interface Check extends Function1<String, Object>, Serializable {}

  /** The layers; must be set. */
  Network layers() {
    if (!owner.isDefined(network)) {
      throw new WrongSettings("network is not set: its layers, as in a job file");
    }
    return Settings.network(owner.getOrDefault(network));
  }

  /** How they are trained. */
  TrainingPlan plan() {
    Map<String, Object> instead = new HashMap<>();
    for (Param<Object> param : List.of(learningRate, epochs, workers)) {
      if (owner.isDefined(param)) {
        instead.put(param.name(), owner.getOrDefault(param));
      }
    }
    return Settings.training(owner.getOrDefault(training), instead);
  }

  int miniBatch() {
    return (Integer) owner.getOrDefault(batchSize);
  }

  long randomSeed() {
    return (Long) owner.getOrDefault(seed);
  }

  /** The sections as they were set, for the model's provenance. */
  String text() {
    return owner.getOrDefault(network) + "\n" + owner.getOrDefault(training);
  }

  /** Whether rows have weights. */
  boolean isWeighted() {
    return owner.isDefined(weightCol) && !owner.getOrDefault(weightCol).isEmpty();
  }

  /** The column of weights, where rows have them. */
  String weightColumn() {
    return owner.getOrDefault(weightCol);
  }
}
