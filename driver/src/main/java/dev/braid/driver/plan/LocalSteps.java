package dev.braid.driver.plan;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Locale;

/**
 * How many optimizer steps a worker takes between two averagings: {@code 10}, or {@code growing:
 * {to: 32}}, or {@code adaptive: {to: 100}} in a job file. Pure functions of what the run has
 * measured, so that a resumed run goes the same way.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = LocalSteps.Fixed.class, name = "fixed"),
  @JsonSubTypes.Type(value = LocalSteps.Growing.class, name = "growing"),
  @JsonSubTypes.Type(value = LocalSteps.Adaptive.class, name = "adaptive"),
})
public sealed interface LocalSteps {

  /**
   * The choice for the next round, and what it rests on.
   *
   * @param localSteps steps per worker
   * @param reason why it has just changed, empty when it has not
   * @param firstSpread mean spread of the first window, 0 before its end
   * @param firstLoss mean loss of the first window
   * @param rounds of this window done
   * @param spreadSum over them
   * @param lossSum over them
   */
  record Pace(
      int localSteps,
      String reason,
      double firstSpread,
      double firstLoss,
      int rounds,
      double spreadSum,
      double lossSum) {
    public Pace(int localSteps, String reason) {
      this(localSteps, reason, 0, 0, 0, 0, 0);
    }
  }

  /** For the first round. */
  Pace begin();

  /**
   * For the round after one of this loss and spread.
   *
   * @param epoch in which the next round lies, from 0
   */
  Pace after(Pace pace, int epoch, double loss, double spread);

  /** What it will be in a later epoch, as far as is known now. */
  int expected(Pace now, int epoch);

  /**
   * Always the same.
   *
   * @param steps 10 by default
   */
  record Fixed(Integer steps) implements LocalSteps {
    public Fixed {
      steps = steps == null ? 10 : steps;
      require(steps > 0, "localSteps must be at least 1, got %d", steps);
    }

    @Override
    public Pace begin() {
      return new Pace(steps, "");
    }

    @Override
    public Pace after(Pace pace, int epoch, double loss, double spread) {
      return pace;
    }

    @Override
    public int expected(Pace now, int epoch) {
      return steps;
    }
  }

  /**
   * Grows by a factor every few epochs: min(to, from factor^floor(epoch / every)). Post-local SGD
   * (Lin et al. 2020, arXiv:1808.07217) is the case of one jump: averaging after each step first,
   * seldom later.
   *
   * @param from in the first epoch, 1 by default
   * @param to at most
   * @param factor 2 by default
   * @param every epochs between two jumps, 1 by default
   */
  record Growing(Integer from, Integer to, Integer factor, Integer every) implements LocalSteps {
    public Growing {
      from = from == null ? 1 : from;
      factor = factor == null ? 2 : factor;
      every = every == null ? 1 : every;
      require(from > 0, "localSteps.growing.from must be at least 1, got %d", from);
      require(
          to != null && to >= from,
          "localSteps.growing.to must be at least localSteps.growing.from, %d, got %s",
          from,
          to);
      require(factor > 1, "localSteps.growing.factor must be at least 2, got %d", factor);
      require(every > 0, "localSteps.growing.every must be at least 1, got %d", every);
    }

    @Override
    public Pace begin() {
      return new Pace(from, "");
    }

    @Override
    public Pace after(Pace pace, int epoch, double loss, double spread) {
      int now = expected(pace, epoch);
      boolean changed = now != pace.localSteps();
      return new Pace(
          now,
          changed
              ? "epoch %d: %d -> %d as planned".formatted(epoch + 1, pace.localSteps(), now)
              : "");
    }

    @Override
    public int expected(Pace now, int epoch) {
      long steps = from;
      for (int jump = 0; jump < epoch / every && steps < to; jump++) {
        steps *= factor;
      }
      return (int) Math.min(to, steps);
    }
  }

  /**
   * Follows the measured spread of the workers, after AdaComm (Wang and Joshi 2019,
   * arXiv:1810.08313): early on, while the loss is high, the workers may drift apart and averaging
   * seldom costs little; later the drift is what keeps the loss from falling. The first window of
   * rounds sets the measure; after each window the spread is allowed that times sqrt(loss / first
   * loss), and the steps are changed in the proportion of the allowed to the measured spread, at
   * most by half or to the double.
   *
   * @param from in the first window, 10 by default
   * @param min at least, 1 by default
   * @param to at most
   * @param every rounds in a window, 10 by default
   */
  record Adaptive(Integer from, Integer min, Integer to, Integer every) implements LocalSteps {
    public Adaptive {
      from = from == null ? 10 : from;
      min = min == null ? 1 : min;
      every = every == null ? 10 : every;
      require(min > 0, "localSteps.adaptive.min must be at least 1, got %d", min);
      require(
          from >= min,
          "localSteps.adaptive.from must be at least localSteps.adaptive.min, %d, got %d",
          min,
          from);
      require(
          to != null && to >= from,
          "localSteps.adaptive.to must be at least localSteps.adaptive.from, %d, got %s",
          from,
          to);
      require(every > 0, "localSteps.adaptive.every must be at least 1, got %d", every);
    }

    @Override
    public Pace begin() {
      return new Pace(from, "");
    }

    @Override
    public Pace after(Pace pace, int epoch, double loss, double spread) {
      int rounds = pace.rounds() + 1;
      double spreadSum = pace.spreadSum() + spread;
      double lossSum = pace.lossSum() + loss;
      if (rounds < every) {
        return new Pace(
            pace.localSteps(),
            "",
            pace.firstSpread(),
            pace.firstLoss(),
            rounds,
            spreadSum,
            lossSum);
      }
      double meanSpread = spreadSum / rounds;
      double meanLoss = lossSum / rounds;
      if (pace.firstSpread() == 0 || meanSpread == 0) {
        return new Pace(pace.localSteps(), "", meanSpread, meanLoss, 0, 0, 0);
      }
      return choose(pace, meanSpread, meanLoss);
    }

    private Pace choose(Pace pace, double spread, double loss) {
      double share = pace.firstLoss() > 0 ? Math.max(0, loss / pace.firstLoss()) : 1;
      double allowed = pace.firstSpread() * Math.sqrt(share);
      double change = Math.max(0.5, Math.min(2, allowed / spread));
      int now = (int) Math.max(min, Math.min(to, Math.rint(pace.localSteps() * change)));
      String reason =
          now == pace.localSteps()
              ? ""
              : String.format(
                  Locale.ROOT,
                  "spread %.3g, allowed %.3g = %.3g sqrt(loss %.3g / %.3g): %d -> %d",
                  spread,
                  allowed,
                  pace.firstSpread(),
                  loss,
                  pace.firstLoss(),
                  pace.localSteps(),
                  now);
      return new Pace(now, reason, pace.firstSpread(), pace.firstLoss(), 0, 0, 0);
    }

    @Override
    public int expected(Pace now, int epoch) {
      return now.localSteps();
    }
  }
}
