package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.state.Blocks;

/**
 * What the driver makes of the mean of the workers' parameters: {@code slowMo: {momentum: 0.5}} in
 * a job file.
 *
 * <p>In the formulas x is what the round began with, y the weighted mean of what the workers have
 * made of it, and m the memory, zeros at first. Arithmetic is in double, element by element.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = OuterStep.Mean.class, name = "mean"),
  @JsonSubTypes.Type(value = OuterStep.SlowMo.class, name = "slowMo"),
  @JsonSubTypes.Type(value = OuterStep.Nesterov.class, name = "nesterov"),
})
public sealed interface OuterStep {

  /** Whether it needs x and m: without, both may be null. */
  default boolean hasMemory() {
    return true;
  }

  /**
   * One outer step on the parameters.
   *
   * @param before x, [numParams]
   * @param params y, overwritten with the result
   * @param memory m, moves on
   * @param learningRate the workers' at the round's first step
   */
  void stepInPlace(Blocks before, Blocks params, Blocks memory, double learningRate);

  /** The mean itself: plain averaging. */
  record Mean() implements OuterStep {
    @Override
    public boolean hasMemory() {
      return false;
    }

    @Override
    public void stepInPlace(Blocks before, Blocks params, Blocks memory, double learningRate) {}
  }

  /**
   * Slow momentum (Wang et al. 2020, arXiv:1910.00643, algorithm 1): m = momentum m + (x - y) / lr;
   * x - learningRate lr m, with lr the workers' learning rate. With one worker and momentum 0 the
   * mean itself.
   *
   * @param momentum 0.5 by default
   * @param learningRate 1 by default
   */
  record SlowMo(Double momentum, Double learningRate) implements OuterStep {
    public SlowMo {
      momentum = momentum == null ? 0.5 : momentum;
      learningRate = learningRate == null ? 1.0 : learningRate;
      requireSettings("slowMo", momentum, learningRate);
    }

    @Override
    public void stepInPlace(Blocks before, Blocks params, Blocks memory, double workersRate) {
      require(
          workersRate > 0,
          "slowMo divides by the workers' learning rate, which is %s",
          workersRate);
      for (int b = 0; b < params.count(); b++) {
        float[] x = before.block(b);
        float[] y = params.block(b);
        float[] m = memory.block(b);
        for (int i = 0; i < y.length; i++) {
          m[i] = (float) (momentum * m[i] + ((double) x[i] - y[i]) / workersRate);
          y[i] = (float) (x[i] - learningRate * workersRate * m[i]);
        }
      }
    }
  }

  /**
   * Nesterov's momentum on the averaged change, as in DiLoCo (Douillard et al. 2023,
   * arXiv:2311.08105, algorithm 1 with section 3's outer optimizer): m = momentum m + (x - y); x -
   * learningRate (x - y + momentum m).
   *
   * @param momentum 0.9 by default
   * @param learningRate 0.7 by default
   */
  record Nesterov(Double momentum, Double learningRate) implements OuterStep {
    public Nesterov {
      momentum = momentum == null ? 0.9 : momentum;
      learningRate = learningRate == null ? 0.7 : learningRate;
      requireSettings("nesterov", momentum, learningRate);
    }

    @Override
    public void stepInPlace(Blocks before, Blocks params, Blocks memory, double workersRate) {
      for (int b = 0; b < params.count(); b++) {
        float[] x = before.block(b);
        float[] y = params.block(b);
        float[] m = memory.block(b);
        for (int i = 0; i < y.length; i++) {
          double change = (double) x[i] - y[i];
          m[i] = (float) (momentum * m[i] + change);
          y[i] = (float) (x[i] - learningRate * (change + momentum * m[i]));
        }
      }
    }
  }

  private static void requireSettings(String name, double momentum, double learningRate) {
    require(momentum >= 0 && momentum < 1, "%s.momentum must be in [0, 1), got %s", name, momentum);
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "%s.learningRate must be above 0, got %s",
        name,
        learningRate);
  }
}
