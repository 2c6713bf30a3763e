package dev.braid.worker.torch.layer;

import dev.braid.worker.data.States;
import dev.braid.worker.torch.runtime.Precision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The states with which one pass begins and ends. The layers that have some take theirs in the
 * network's order; no gradient goes through them.
 */
public final class Carried {
  private final States states;
  private final Precision precision;
  private int next;

  /**
   * @param states overwritten by those after the pass
   */
  public Carried(States states, Precision precision) {
    this.states = states;
    this.precision = precision;
  }

  /** The next layer's first states, {@code count} of them, each [size, width]. */
  List<Tensor> begin(int count) {
    List<Tensor> begin = new ArrayList<>();
    for (int i = next; i < next + count; i++) {
      float[] values = states.values()[i];
      long[] shape = {states.size(), values.length / states.size()};
      Tensor tensor = torch.zeros(shape, new TensorOptions(precision.type()));
      precision.write(tensor, 0, values, 0, values.length);
      begin.add(tensor);
    }
    return begin;
  }

  /** Takes the same layer's last states. */
  void end(List<Tensor> last) {
    for (Tensor tensor : last) {
      float[] values = states.values()[next++];
      precision.read(tensor.detach().contiguous(), 0, values, 0, values.length);
    }
  }
}
