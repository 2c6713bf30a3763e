package dev.braid.worker.optimizer.rule;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.optimizer.Setting;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the learning rate changes over a run: {@code exponential: {factor: 0.95}} in a job file. A
 * pure function of where the run stands: t below counts from 0 and is the number of epochs done, or
 * with {@code per: step} the number of optimizer steps done by all workers together.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = LearningRateSchedule.Constant.class, name = "constant"),
  @JsonSubTypes.Type(value = LearningRateSchedule.Inverse.class, name = "inverse"),
  @JsonSubTypes.Type(value = LearningRateSchedule.Exponential.class, name = "exponential"),
  @JsonSubTypes.Type(value = LearningRateSchedule.InverseSqrt.class, name = "inverseSqrt"),
  @JsonSubTypes.Type(value = LearningRateSchedule.Staircase.class, name = "staircase"),
  @JsonSubTypes.Type(value = LearningRateSchedule.Polynomial.class, name = "polynomial"),
  @JsonSubTypes.Type(value = LearningRateSchedule.Cosine.class, name = "cosine"),
  @JsonSubTypes.Type(value = LearningRateSchedule.ByHand.class, name = "byHand"),
  @JsonSubTypes.Type(value = LearningRateSchedule.WarmUp.class, name = "warmUp"),
})
public sealed interface LearningRateSchedule extends Serializable {

  /**
   * What the optimizer's learning rate is multiplied with.
   *
   * @param epoch whole passes over the data done before, from 0
   * @param step optimizer steps done before by all workers together, from 0
   */
  double factor(int epoch, long step);

  /** What a schedule counts. */
  enum Per {
    @JsonProperty("epoch")
    EPOCH,
    @JsonProperty("step")
    STEP;

    double time(int epoch, long step) {
      return this == EPOCH ? epoch : (double) step;
    }

    static Per orEpoch(Per per) {
      return per == null ? EPOCH : per;
    }
  }

  /** Always 1. */
  record Constant() implements LearningRateSchedule {
    @Override
    public double factor(int epoch, long step) {
      return 1;
    }
  }

  /**
   * 1 / (1 + decay t).
   *
   * @param decay 1 halves the learning rate after the first epoch or step
   * @param per what time is counted in: epochs by default
   */
  record Inverse(Double decay, Per per) implements LearningRateSchedule {
    public Inverse {
      require(decay != null && decay >= 0, "decay must be at least 0, got %s", decay);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      return 1 / (1 + decay * per.time(epoch, step));
    }
  }

  /**
   * factor^t.
   *
   * @param factor what an epoch or step multiplies the learning rate with
   * @param per what time is counted in: epochs by default
   */
  record Exponential(Double factor, Per per) implements LearningRateSchedule {
    public Exponential {
      requireFactor(factor);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      return StrictMath.pow(factor, per.time(epoch, step));
    }
  }

  /**
   * scale / sqrt(t + 1).
   *
   * @param scale 1 by default
   * @param per what time is counted in: epochs by default
   */
  record InverseSqrt(Double scale, Per per) implements LearningRateSchedule {
    public InverseSqrt {
      scale = Setting.orDefault(scale, 1);
      require(scale > 0, "scale must be above 0, got %s", scale);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      return scale / StrictMath.sqrt(per.time(epoch, step) + 1);
    }
  }

  /**
   * factor^floor(t / every).
   *
   * @param factor what each stair multiplies the learning rate with
   * @param every epochs or steps between two stairs
   * @param per what time is counted in: epochs by default
   */
  record Staircase(Double factor, Long every, Per per) implements LearningRateSchedule {
    public Staircase {
      requireFactor(factor);
      require(every != null && every > 0, "every must be at least 1, got %s", every);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      return StrictMath.pow(factor, Math.floor(per.time(epoch, step) / every));
    }
  }

  /**
   * From 1 down to {@code end}: end + (1 - end) (1 - t / duration)^power, and {@code end} after
   * that.
   *
   * @param duration epochs or steps until the end is reached
   * @param power 1, a straight line, by default
   * @param end 0 by default
   * @param per what time is counted in: epochs by default
   */
  record Polynomial(Long duration, Double power, Double end, Per per)
      implements LearningRateSchedule {
    public Polynomial {
      requireDuration(duration);
      power = Setting.orDefault(power, 1);
      end = Setting.orDefault(end, 0);
      require(power > 0, "power must be above 0, got %s", power);
      require(end >= 0, "end must be at least 0, got %s", end);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      double left = 1 - share(per.time(epoch, step), duration);
      return end + (1 - end) * StrictMath.pow(left, power);
    }
  }

  /**
   * From 1 down to {@code end} along half a cosine: end + (1 - end) (1 + cos(pi t / duration)) / 2,
   * and {@code end} after that (Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5 without
   * restarts).
   *
   * @param duration epochs or steps until the end is reached
   * @param end 0 by default
   * @param per what time is counted in: epochs by default
   */
  record Cosine(Long duration, Double end, Per per) implements LearningRateSchedule {
    public Cosine {
      requireDuration(duration);
      end = Setting.orDefault(end, 0);
      require(end >= 0, "end must be at least 0, got %s", end);
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      double angle = StrictMath.PI * share(per.time(epoch, step), duration);
      return end + (1 - end) * (1 + StrictMath.cos(angle)) / 2;
    }
  }

  /**
   * Set by hand: the factor of the last key that is not above t, 1 before the first key.
   *
   * @param factors from which epoch or step on which factor: {@code {10: 0.1, 20: 0.01}}
   * @param per what time is counted in: epochs by default
   */
  record ByHand(Map<Long, Double> factors, Per per) implements LearningRateSchedule {
    public ByHand {
      require(factors != null && !factors.isEmpty(), "byHand needs factors, such as {10: 0.1}");
      factors.forEach(
          (time, factor) -> {
            require(time >= 0, "byHand: keys must be at least 0, got %d", time);
            requireFactor(factor);
          });
      factors = Collections.unmodifiableSortedMap(new TreeMap<>(factors));
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      double time = per.time(epoch, step);
      double result = 1;
      for (Map.Entry<Long, Double> entry : factors.entrySet()) {
        if (entry.getKey() > time) {
          break;
        }
        result = entry.getValue();
      }
      return result;
    }
  }

  /**
   * Another schedule, times a factor that rises in a straight line to 1: start + (1 - start) (t +
   * 1) / duration (Goyal et al. 2017, arXiv:1706.02677, section 2.2).
   *
   * @param duration epochs or steps until the whole learning rate is reached
   * @param start where the line begins, 0 by default
   * @param then the schedule that is warmed up, constant by default; its time begins with the run
   * @param per what time is counted in: epochs by default
   */
  record WarmUp(Long duration, Double start, LearningRateSchedule then, Per per)
      implements LearningRateSchedule {
    public WarmUp {
      requireDuration(duration);
      start = Setting.orDefault(start, 0);
      require(start >= 0 && start <= 1, "start must be between 0 and 1, got %s", start);
      then = then == null ? new Constant() : then;
      per = Per.orEpoch(per);
    }

    @Override
    public double factor(int epoch, long step) {
      double rise = start + (1 - start) * share(per.time(epoch, step) + 1, duration);
      return rise * then.factor(epoch, step);
    }
  }

  private static double share(double time, long duration) {
    return Math.min(1, time / duration);
  }

  private static void requireDuration(Long duration) {
    require(duration != null && duration > 0, "duration must be at least 1, got %s", duration);
  }

  private static void requireFactor(Double factor) {
    require(
        factor != null && factor >= 0 && Double.isFinite(factor),
        "factor must be at least 0, got %s",
        factor);
  }
}
