package dev.braid.worker.torch.layer;

import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The recurrent part of a GRU in one direction (Cho et al. 2014, <a
 * href="https://arxiv.org/abs/1406.1078">arXiv:1406.1078</a>, with the reset gate behind the
 * product as in cuDNN), forward and backward written out. Per time step, with i the input's share
 * of the gates' sums:
 *
 * <pre>
 *   [r z] = sigmoid(W_rz h + i_rz)      reset and update gate
 *   n     = tanh(i_n + r o)             the new state,  o = W_n h + b
 *   h     = n + z (h - n)
 * </pre>
 *
 * <p>States stand as columns, [units, size], which OpenBLAS multiplies a third faster than rows,
 * and results go into memory that is there already: libtorch's own GRU takes half as long again for
 * the outputs. The gradient of the weights is one product over all time steps instead of one at
 * each.
 */
final class GruRecurrence {
  private final int units;
  private final int time;
  private final boolean learns;
  private final Tensor inputs;
  private final Tensor recurrent;
  private final Tensor bias;
  private final Tensor sums;
  private final Tensor fresh;
  private final Tensor states;

  /**
   * Computes all states, step by step.
   *
   * @param inputs the input's share of the gates' sums with all biases but the last one: [3 units,
   *     time, size], gates in the order r, z, n
   * @param recurrent W, [3 units, units]
   * @param bias of o, [units, 1]
   * @param begin state before the first step, [units, size]; it gets no gradient
   */
  GruRecurrence(Tensor inputs, Tensor recurrent, Tensor bias, Tensor begin) {
    this.inputs = inputs;
    this.recurrent = recurrent;
    this.bias = bias;
    this.units = Math.toIntExact(recurrent.size(1));
    this.time = Math.toIntExact(inputs.size(1));
    long size = inputs.size(2);
    this.learns = Tape.learns(inputs, recurrent, bias);
    long kept = learns ? time : 1;
    sums = room(kept, 3L * units, size);
    fresh = room(kept, units, size);
    states = room(time + 1L, units, size);
    states.select(0, 0).copy_(begin.detach());
    forward();
  }

  private void forward() {
    Tensor in = inputs.detach();
    Tensor w = recurrent.detach();
    Tensor b = bias.detach();
    TensorVector inputGates = torch.unbind(in.narrow(0, 0, 2L * units), 1);
    TensorVector inputNews = torch.unbind(in.narrow(0, 2L * units, units), 1);
    TensorVector sum = torch.unbind(sums);
    TensorVector gates = torch.unbind(sums.narrow(1, 0, 2L * units));
    TensorVector reset = torch.unbind(gate(0));
    TensorVector update = torch.unbind(gate(1));
    TensorVector old = torch.unbind(gate(2));
    TensorVector news = torch.unbind(fresh);
    TensorVector state = torch.unbind(states);
    for (int t = 0; t < time; t++) {
      long at = t % sums.size(0);
      torch.mm_out(sum.get(at), w, state.get(t));
      gates.get(at).add_(inputGates.get(t)).sigmoid_();
      Tensor n = news.get(at);
      torch.addcmul_out(n, inputNews.get(t), reset.get(at), old.get(at).add_(b)).tanh_();
      torch.lerp_out(state.get(t + 1L), n, state.get(t), update.get(at));
    }
  }

  private Tensor room(long... shape) {
    return torch.empty(shape, inputs.options(), new MemoryFormatOptional());
  }

  private Tensor gate(int number) {
    return sums.narrow(1, (long) number * units, units);
  }

  /** All states, [time, units, size]. */
  Tensor outputs(Tape tape) {
    Tensor all = states.narrow(0, 1, time);
    return learns ? tape.note(all, this::backward, inputs, recurrent, bias) : all;
  }

  /** Gradients of inputs, recurrent weights and bias from that of the outputs. */
  private Tensor[] backward(Tensor outputs) {
    Tensor reset = gate(0);
    Tensor update = gate(1);
    Tensor before = states.narrow(0, 0, time);
    Tensor one = torch.ones(new long[] {1}, inputs.options());
    Tensor keep = one.sub(update);
    Tensor ofUpdate = before.sub(fresh).mul_(update).mul_(keep);
    Tensor ofNew = keep.mul_(one.sub(fresh.square()));
    Tensor ofReset = gate(2).mul(reset).mul_(one.sub(reset));
    Tensor sumGradients = torch.empty_like(sums);
    Tensor newGradients = torch.empty_like(fresh);
    Tensor transposed = recurrent.detach().t();
    TensorVector arriving = torch.unbind(outputs.contiguous().clone());
    TensorVector updates = torch.unbind(ofUpdate);
    TensorVector news = torch.unbind(ofNew);
    TensorVector resets = torch.unbind(ofReset);
    TensorVector resetGates = torch.unbind(reset);
    TensorVector updateGates = torch.unbind(update);
    TensorVector sum = torch.unbind(sumGradients);
    TensorVector sumReset = torch.unbind(sumGradients.narrow(1, 0, units));
    TensorVector sumUpdate = torch.unbind(sumGradients.narrow(1, units, units));
    TensorVector sumOld = torch.unbind(sumGradients.narrow(1, 2L * units, units));
    TensorVector newGradient = torch.unbind(newGradients);
    for (int t = time - 1; t >= 0; t--) {
      Tensor h = arriving.get(t);
      Tensor n = newGradient.get(t);
      torch.mul_out(n, h, news.get(t));
      torch.mul_out(sumUpdate.get(t), h, updates.get(t));
      torch.mul_out(sumReset.get(t), n, resets.get(t));
      torch.mul_out(sumOld.get(t), n, resetGates.get(t));
      if (t > 0) {
        Tensor earlier = arriving.get(t - 1L);
        earlier.addcmul_(h, updateGates.get(t));
        earlier.addmm_(transposed, sum.get(t));
      }
    }
    Tensor columns = sumGradients.transpose(0, 1).reshape(3L * units, -1);
    Tensor rows = before.permute(0, 2, 1).reshape(-1, units);
    Tensor ofBias = columns.narrow(0, 2L * units, units).sum(1).unsqueeze(1);
    Tensor ofInputs =
        torch.cat(
            new TensorVector(
                sumGradients.narrow(1, 0, 2L * units).transpose(0, 1),
                newGradients.transpose(0, 1)),
            0);
    return new Tensor[] {ofInputs, torch.mm(columns, rows), ofBias};
  }
}
