package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.optimizer.AdaGrad;
import dev.braid.worker.optimizer.AdamEpsilonHat;
import dev.braid.worker.optimizer.Nesterov;
import dev.braid.worker.optimizer.Optimizer;
import dev.braid.worker.optimizer.RmsProp;
import dev.braid.worker.optimizer.Sgd;
import dev.braid.worker.optimizer.rule.Clipping;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.state.Segment.Penalty;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.stepfunctions.NegativeGradientStepFunction;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * How a DL4J network's configuration has it trained, in Braid's terms.
 *
 * @param rule with a learning rate of 1, as DL4J's updater says the real one at each step
 * @param updater of all parameters
 * @param penalties L1 and L2 of each layer's weights, by the layer's name in Braid
 */
record Dl4jTraining(UpdateRule rule, IUpdater updater, Map<String, Penalty> penalties) {
  private static final Set<String> STATISTICS =
      Set.of(
          BatchNormalizationParamInitializer.GLOBAL_MEAN,
          BatchNormalizationParamInitializer.GLOBAL_VAR,
          BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

  Dl4jTraining {
    penalties = Map.copyOf(penalties);
  }

  /**
   * The training that DL4J's engine would give this network.
   *
   * @throws IllegalArgumentException naming the layer and the setting that Braid does not have
   */
  static Dl4jTraining of(Dl4jModel model) {
    Reading reading = new Reading();
    org.deeplearning4j.nn.api.Layer[] layers = model.layers();
    for (int i = 0; i < layers.length; i++) {
      String name =
          model.isGraph() ? layers[i].conf().getLayer().getLayerName() : Dl4jLayers.nameOf(i);
      reading.read(name, layers[i]);
    }
    requirePlainBackpropagation(model);
    require(reading.updater != null, "the network has no weights to train");
    Optimizer optimizer = optimizer(reading.updater);
    UpdateRule rule = new UpdateRule(optimizer, null, null, reading.clipping());
    return new Dl4jTraining(rule, reading.updater, reading.penalties);
  }

  private static void requirePlainBackpropagation(Dl4jModel model) {
    BackpropType type =
        model.either(
            sequence -> sequence.getLayerWiseConfigurations().getBackpropType(),
            graph -> graph.getConfiguration().getBackpropType());
    require(type == BackpropType.Standard, "the network has backpropagation %s", type);
  }

  /** DL4J's updater with a learning rate of 1. */
  private static Optimizer optimizer(IUpdater updater) {
    if (updater instanceof org.nd4j.linalg.learning.config.Sgd) {
      return new Sgd(1.0);
    }
    if (updater instanceof Adam adam) {
      return new AdamEpsilonHat(1.0, adam.getBeta1(), adam.getBeta2(), adam.getEpsilon());
    }
    if (updater instanceof Nesterovs nesterovs) {
      require(
          nesterovs.getMomentumISchedule() == null, "updater Nesterovs has a momentum by schedule");
      return new Nesterov(1.0, nesterovs.getMomentum());
    }
    if (updater instanceof org.nd4j.linalg.learning.config.RmsProp rmsProp) {
      return new RmsProp(1.0, rmsProp.getRmsDecay(), rmsProp.getEpsilon());
    }
    if (updater instanceof org.nd4j.linalg.learning.config.AdaGrad adaGrad) {
      return new AdaGrad(1.0, adaGrad.getEpsilon());
    }
    throw new WrongSettings(
        "updater %s is not among Sgd, Nesterovs, Adam, RmsProp and AdaGrad"
            .formatted(updater.getClass().getSimpleName()));
  }

  /** What all layers have in common, gathered layer by layer. */
  private static final class Reading {
    private final Map<String, Penalty> penalties = new HashMap<>();
    private final Set<Double> limits = new HashSet<>();
    private IUpdater updater;
    private boolean normalises;

    void read(String name, org.deeplearning4j.nn.api.Layer layer) {
      NeuralNetConfiguration settings = layer.conf();
      require(
          settings.getOptimizationAlgo() == OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT,
          "layer '%s' is optimised by %s",
          name,
          settings.getOptimizationAlgo());
      boolean plainStep =
          settings.getStepFunction() == null
              || settings.getStepFunction() instanceof NegativeGradientStepFunction;
      require(
          settings.isMinimize() && settings.isMiniBatch() && plainStep,
          "layer '%s' has minimize(false), miniBatch(false) or a step function",
          name);
      Layer bare = settings.getLayer();
      requirePlain(name, bare instanceof LastTimeStep last ? last.getUnderlying() : bare);
      normalises |= bare instanceof BatchNormalization;
      TrainingConfig training = layer.getConfig();
      Set<String> keys = layer.paramTable() == null ? Set.of() : layer.paramTable().keySet();
      for (String key : keys) {
        if (!(bare instanceof BatchNormalization && STATISTICS.contains(key))) {
          readUpdater(name, training.getUpdaterByParam(key));
          readPenalty(name, key, bare, training.getRegularizationByParam(key));
        }
      }
      if (!keys.isEmpty()) {
        readClipping(name, training);
      }
    }

    private static void requirePlain(String name, Layer layer) {
      boolean noise = layer instanceof BaseLayer base && base.getWeightNoise() != null;
      require(!noise, "layer '%s' has weight noise", name);
      boolean constrained = layer.getConstraints() != null && !layer.getConstraints().isEmpty();
      require(!constrained, "layer '%s' has constraints on its weights", name);
      require(
          layer.getIDropout() == null
              || (layer.getIDropout() instanceof Dropout dropout && dropout.getPSchedule() == null),
          "layer '%s' has a dropout of its own kind or by a schedule: %s",
          name,
          layer.getIDropout());
      require(
          !(layer instanceof BaseOutputLayer output) || !isWeighted(output.getLossFn()),
          "layer '%s' has a loss with a weight for each class",
          name);
    }

    private static boolean isWeighted(ILossFunction loss) {
      return (loss instanceof LossMCXENT crossEntropy && crossEntropy.getWeights() != null)
          || (loss instanceof LossBinaryXENT binary && binary.getWeights() != null)
          || (loss instanceof LossL2 squares && squares.getWeights() != null);
    }

    private void readUpdater(String name, IUpdater own) {
      updater = updater == null ? own : updater;
      require(
          updater.equals(own),
          "layer '%s' has the updater %s, other parameters have %s",
          name,
          own,
          updater);
    }

    private void readPenalty(
        String name, String key, Layer layer, List<Regularization> regularisation) {
      if (regularisation == null || regularisation.isEmpty()) {
        return;
      }
      boolean weight = layer.initializer().isWeightParam(layer, key);
      require(weight, "layer '%s' has L1 or L2 on '%s', which is no weight", name, key);
      double l1 = 0;
      double l2 = 0;
      for (Regularization term : regularisation) {
        if (term instanceof L1Regularization absolutes) {
          l1 += constant(name, absolutes.getL1());
        } else if (term instanceof L2Regularization squares) {
          l2 += constant(name, squares.getL2());
        } else {
          throw new WrongSettings(
              "layer '%s' has %s".formatted(name, term.getClass().getSimpleName()));
        }
      }
      penalties.put(name, new Penalty(l1, l2));
    }

    private static double constant(String name, ISchedule schedule) {
      require(schedule instanceof FixedSchedule, "layer '%s' has L1 or L2 by a schedule", name);
      return schedule.valueAt(0, 0);
    }

    private void readClipping(String name, TrainingConfig training) {
      GradientNormalization kind = training.getGradientNormalization();
      boolean none = kind == null || kind == GradientNormalization.None;
      require(
          none || kind == GradientNormalization.ClipElementWiseAbsoluteValue,
          "layer '%s' has gradient normalisation %s",
          name,
          kind);
      limits.add(none ? 0 : training.getGradientNormalizationThreshold());
    }

    /** DL4J clips before it adds L1 and L2, and running statistics too; Braid does not. */
    Clipping clipping() {
      require(limits.size() == 1, "layers limit their gradients in different ways: %s", limits);
      double limit = limits.iterator().next();
      if (limit == 0) {
        return new Clipping.None();
      }
      require(penalties.isEmpty(), "gradients are clipped beside L1 or L2");
      require(!normalises, "gradients are clipped beside batch normalisation");
      return new Clipping.ByValue(limit);
    }
  }
}
