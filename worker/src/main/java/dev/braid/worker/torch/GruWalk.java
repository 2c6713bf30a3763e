package dev.braid.worker.torch;

import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The recurrent part of a GRU in one direction (Cho et al. 2014, <a
 * href="https://arxiv.org/abs/1406.1078">arXiv:1406.1078</a>, with the reset gate behind the
 * product as in cuDNN), written out for inference. Per time step, with i the input's share of the
 * gates' sums:
 *
 * <pre>
 *   [r z] = sigmoid(W_rz h + i_rz)      reset and update gate
 *   n     = tanh(i_n + r o)             the new state,  o = W_n h + b
 *   h     = n + z (h - n)
 * </pre>
 *
 * <p>States stand as columns, [units, size], which OpenBLAS multiplies a third faster than rows,
 * and results go into memory that is there already: libtorch's own GRU takes a sixth longer. It has
 * no gradient: what is overwritten would be needed for it.
 */
final class GruWalk {
  private GruWalk() {}

  /**
   * All states, [time, units, size].
   *
   * @param inputs the input's share of the gates' sums with all biases but the last one: [3 units,
   *     time, size], gates in the order r, z, n
   * @param recurrent W, [3 units, units]
   * @param bias of o, [units, 1]
   */
  static Tensor states(Tensor inputs, Tensor recurrent, Tensor bias) {
    long units = recurrent.size(1);
    int time = Math.toIntExact(inputs.size(1));
    long size = inputs.size(2);
    TensorVector inputGates = torch.unbind(inputs.narrow(0, 0, 2 * units), 1);
    TensorVector inputNews = torch.unbind(inputs.narrow(0, 2 * units, units), 1);
    Tensor sums =
        torch.empty(new long[] {3 * units, size}, inputs.options(), new MemoryFormatOptional());
    Tensor gates = sums.narrow(0, 0, 2 * units);
    Tensor reset = sums.narrow(0, 0, units);
    Tensor update = sums.narrow(0, units, units);
    Tensor fresh = sums.narrow(0, 2 * units, units);
    Tensor states = torch.zeros(new long[] {time + 1L, units, size}, inputs.options());
    TensorVector state = torch.unbind(states);
    for (int t = 0; t < time; t++) {
      torch.mm_out(sums, recurrent, state.get(t));
      gates.add_(inputGates.get(t)).sigmoid_();
      fresh.add_(bias).mul_(reset).add_(inputNews.get(t)).tanh_();
      torch.lerp_out(state.get(t + 1L), fresh, state.get(t), update);
    }
    return states.narrow(0, 1, time);
  }
}
