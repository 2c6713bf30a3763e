package dev.braid.worker.dl4j.network;

import dev.braid.worker.loss.BinaryCrossEntropy;
import dev.braid.worker.loss.Cosine;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.loss.Hinge;
import dev.braid.worker.loss.KlDivergence;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.loss.MeanAbsolute;
import dev.braid.worker.loss.MeanSquared;
import dev.braid.worker.loss.Poisson;
import dev.braid.worker.loss.SquaredHinge;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;

/** DL4J's losses by the names of ours. */
public final class Dl4jLosses {
  /** NegativeLogLikelihood and SparseMCXENT are kinds of MCXENT, MAE is one of L1. */
  private static final Map<Class<?>, Loss> OURS =
      Map.of(
          LossMCXENT.class, new CrossEntropy(),
          LossBinaryXENT.class, new BinaryCrossEntropy(),
          LossSquaredHinge.class, new SquaredHinge(),
          LossHinge.class, new Hinge(),
          LossL1.class, new MeanAbsolute(),
          LossPoisson.class, new Poisson(),
          LossKLD.class, new KlDivergence(),
          LossCosineProximity.class, new Cosine());

  private Dl4jLosses() {}

  /**
   * Ours that an output of DL4J's minimises, as far as labels and metrics are concerned: squares
   * for all that have no other name.
   */
  public static Loss ofLayer(Layer layer) {
    ILossFunction loss = function(layer);
    return OURS.entrySet().stream()
        .filter(row -> row.getKey().isInstance(loss))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(new MeanSquared());
  }

  /** Whether it takes the index of a class itself, not 0s and a 1. */
  public static boolean takesIndices(Layer layer) {
    return function(layer) instanceof LossSparseMCXENT;
  }

  private static ILossFunction function(Layer layer) {
    if (layer instanceof BaseOutputLayer output) {
      return output.getLossFn();
    }
    if (layer instanceof LossLayer output) {
      return output.getLossFn();
    }
    if (layer instanceof RnnLossLayer output) {
      return output.getLossFn();
    }
    if (layer instanceof CnnLossLayer output) {
      return output.getLossFn();
    }
    return layer instanceof Cnn3DLossLayer output ? output.getLossFn() : null;
  }
}
