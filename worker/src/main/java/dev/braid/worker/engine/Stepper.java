package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.States;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A network asked for one time step after another, several rows at once, each from where it has
 * come so far: nothing of the steps before is computed again.
 */
public final class Stepper implements AutoCloseable {
  private static final float[][] NO_LABELS = new float[0][];

  private final Evaluator network;
  private final List<Shape> inputs;
  private final List<Integer> widths;

  /**
   * @param plan of the network
   * @param network is closed with this one
   * @throws IllegalArgumentException naming the layer for which later steps must be known
   */
  public Stepper(NetworkPlan plan, Evaluator network) {
    this.network = network;
    this.inputs = List.copyOf(plan.inputs().values());
    this.widths = plan.stateWidths();
  }

  /** The states of so many rows before their first step. */
  public States begin(int size) {
    return States.zeros(size, widths);
  }

  /**
   * What the network answers to the next step of each row.
   *
   * @param steps per input, [size x numbers in a step]; all of a fixed input's numbers each time
   * @param states of the rows; overwritten by those after the step
   * @return per output [size x units], after the output's activation
   */
  public float[][] step(float[][] steps, States states) {
    int[][] lengths = new int[inputs.size()][];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = inputs.get(i).isRagged() ? ones(states.size()) : null;
    }
    return network.output(
        new MiniBatch(states.size(), steps, lengths, NO_LABELS, null).from(states));
  }

  private static int[] ones(int size) {
    int[] ones = new int[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public void close() {
    network.close();
  }
}
