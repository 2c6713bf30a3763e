package dev.braid.worker.jvm.layer;

import dev.braid.worker.jvm.layer.Recurrence.Direction;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Bidirectional.Merge;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.SimpleRnn;

/** Recurrent layers, in one direction or in both. */
final class RecurrentFunction implements LayerFunction {
  private final StepOrder order = new StepOrder();
  private final Recurrence[] directions;

  /** One direction. */
  RecurrentFunction(Recurrent settings, LayerPlan plan, KernelSet kernels) {
    Direction direction =
        new Direction(0, 0, settings.units(), false, false, settings.returnSequences());
    directions = new Recurrence[] {recurrence(settings, direction, plan, kernels)};
  }

  /** Both directions. */
  RecurrentFunction(Bidirectional settings, LayerPlan plan, KernelSet kernels) {
    Recurrent each = settings.layer();
    int units = each.units();
    boolean sum = settings.merge() == Merge.SUM;
    int columns = sum ? units : 2 * units;
    int tensors = plan.parameters().size() / 2;
    boolean everyStep = each.returnSequences();
    Direction forth = new Direction(0, 0, columns, false, false, everyStep);
    Direction back = new Direction(tensors, sum ? 0 : units, columns, true, true, everyStep);
    directions =
        new Recurrence[] {
          recurrence(each, forth, plan, kernels), recurrence(each, back, plan, kernels)
        };
  }

  private static Recurrence recurrence(
      Recurrent settings, Direction direction, LayerPlan plan, KernelSet kernels) {
    int features = plan.node().shape().channels();
    return new Recurrence(
        cell(settings, direction, kernels), direction, settings.units(), features, kernels);
  }

  private static RecurrentCell cell(Recurrent settings, Direction direction, KernelSet kernels) {
    if (settings instanceof Gru gru) {
      return new GruCell(gru.units(), kernels);
    }
    if (settings instanceof Lstm lstm) {
      return new LstmCell(lstm, direction.tensor() + Recurrence.NUM_TENSORS, kernels);
    }
    return new SimpleCell(((SimpleRnn) settings).activation(), kernels);
  }

  @Override
  public void plan(Call call, Room room) {
    for (Recurrence direction : directions) {
      direction.plan(call, room);
    }
  }

  @Override
  public void forward(Call call) {
    order.arrange(call.lengths(0), call.size(), call.time(0));
    for (Recurrence direction : directions) {
      direction.forward(call, order);
    }
  }

  @Override
  public void backward(Call call) {
    for (Recurrence direction : directions) {
      direction.backward(call, order);
    }
  }
}
