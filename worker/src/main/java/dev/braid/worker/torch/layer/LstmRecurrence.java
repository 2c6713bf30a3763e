package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.Lstm;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The recurrent part of an LSTM in one direction written out step by step, for what libtorch's own
 * does not have: other gates, peepholes, the cells of every step.
 *
 * @param layer its settings
 * @param weights of the input, of the state, their biases and, where it has some, of the peepholes
 */
record LstmRecurrence(Lstm layer, List<Tensor> weights) {

  /**
   * Outputs and cells of all steps.
   *
   * @param x [size, time, features]
   * @param output, cell before the first step, [size, units]
   */
  RecurrentLayers.Steps steps(Tensor x, Tensor output, Tensor cell) {
    Tensor inputs = torch.linear(x, weights.get(0), new TensorOptional(weights.get(2)));
    TensorOptional bias = new TensorOptional(weights.get(3));
    Tensor h = output;
    Tensor c = cell;
    Tensor[] outputs = new Tensor[Math.toIntExact(x.size(1))];
    Tensor[] cells = new Tensor[outputs.length];
    for (int t = 0; t < outputs.length; t++) {
      Tensor sums = inputs.select(1, t).add(torch.linear(h, weights.get(1), bias));
      Tensor input = gate(part(sums, 0), 0, c);
      Tensor forget = gate(part(sums, 1), 1, c);
      c = forget.mul(c).add(input.mul(part(sums, 2).tanh()));
      h = gate(part(sums, 3), 2, c).mul(c.tanh());
      outputs[t] = h;
      cells[t] = c;
    }
    return new RecurrentLayers.Steps(
        List.of(torch.stack(new TensorVector(outputs), 1), torch.stack(new TensorVector(cells), 1)),
        List.of(h, c));
  }

  /** A gate of a sum and, through its peepholes, of the cell. */
  private Tensor gate(Tensor sum, int peepholes, Tensor cell) {
    Tensor all = sum;
    if (layer.peepholes()) {
      long units = layer.units();
      all = sum.add(weights.get(4).narrow(0, peepholes * units, units).mul(cell));
    }
    return Activations.apply(layer.gates(), all, 1);
  }

  private Tensor part(Tensor sums, int number) {
    return sums.narrow(1, (long) number * layer.units(), layer.units());
  }
}
