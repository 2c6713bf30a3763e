package dev.braid.worker.generation;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.States;
import dev.braid.worker.engine.Evaluator;
import dev.braid.worker.engine.Stepper;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.network.OutputPlan;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A recurrent network that reads tokens by their numbers and answers at each step with the
 * probabilities of the next one.
 */
public final class NetworkGenerator implements Generator<States>, AutoCloseable {
  private final Stepper stepper;
  private final int numTokens;
  private final Set<Integer> never;

  /**
   * @param plan of the network
   * @param network with its weights; closed with this one
   * @param never tokens that must not be written, such as that of padding
   * @throws IllegalArgumentException when it is no such network
   */
  public NetworkGenerator(NetworkPlan plan, Evaluator network, Set<Integer> never) {
    require(
        plan.inputs().size() == 1
            && plan.inputs().values().stream().allMatch(s -> s.isRagged() && s.rank() == 1),
        "texts are written by networks of one input of the shape [time], not of %s",
        plan.inputs());
    require(
        plan.outputs().size() == 1
            && plan.outputs().get(0).labels() != OutputPlan.Labels.NUMBERS
            && plan.outputs().get(0).shape().isRagged(),
        "texts are written by networks whose one output tells the next token at each step, by loss"
            + " crossEntropy");
    this.stepper = new Stepper(plan, network);
    this.numTokens = plan.outputs().get(0).numUnits();
    this.never = Set.copyOf(never);
  }

  @Override
  public int numTokens() {
    return numTokens;
  }

  /** What may come after a beginning of at least one token. */
  public Next<States> after(int... beginning) {
    require(beginning.length > 0, "a text needs a token to go on from");
    States states = stepper.begin(1);
    float[] probabilities = null;
    for (int token : beginning) {
      probabilities = stepper.step(new float[][] {{token}}, states)[0];
    }
    return new Next<>(states, scores(probabilities));
  }

  @Override
  public Next<States> next(States states, int[] tokens) {
    States after = states.rows(IntStream.range(0, states.size()).toArray());
    float[] step = new float[tokens.length];
    for (int i = 0; i < step.length; i++) {
      step[i] = tokens[i];
    }
    return new Next<>(after, scores(stepper.step(new float[][] {step}, after)[0]));
  }

  private float[] scores(float[] probabilities) {
    float[] scores = new float[probabilities.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] =
          never.contains(i % numTokens)
              ? Float.NEGATIVE_INFINITY
              : (float) StrictMath.log(probabilities[i]);
    }
    return scores;
  }

  @Override
  public States select(States states, int[] rows) {
    return states.rows(rows);
  }

  @Override
  public void close() {
    stepper.close();
  }
}
