package dev.braid.worker.torch.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Bidirectional.Merge;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.SimpleRnn;
import java.util.List;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Layers along time: x is [size, time, features]. */
final class RecurrentLayers {
  private final Recurrent layer;
  private final boolean bidirectional;
  private final TensorVector weights;

  private RecurrentLayers(Recurrent layer, boolean bidirectional, List<Tensor> weights) {
    this.layer = layer;
    this.bidirectional = bidirectional;
    this.weights = new TensorVector(weights.toArray(new Tensor[0]));
  }

  /** One direction. */
  static Forward recurrent(Recurrent settings, TorchLayer layer) {
    RecurrentLayers recurrent = new RecurrentLayers(settings, false, layer.tensors());
    return (inputs, pass) -> {
      Steps steps = recurrent.forward(inputs[0], pass.tape());
      return settings.returnSequences() ? steps.all : steps.last.select(0, 0);
    };
  }

  /** Both directions. */
  static Forward bidirectional(Bidirectional settings, TorchLayer layer) {
    Recurrent each = settings.layer();
    RecurrentLayers recurrent = new RecurrentLayers(each, true, layer.tensors());
    return (inputs, pass) -> {
      Steps steps = recurrent.forward(inputs[0], pass.tape());
      Tensor both =
          each.returnSequences()
              ? steps.all
              : torch.cat(new TensorVector(steps.last.select(0, 0), steps.last.select(0, 1)), 1);
      return settings.merge() == Merge.SUM ? sumOfHalves(both, each.units()) : both;
    };
  }

  private static Tensor sumOfHalves(Tensor both, int units) {
    return both.narrow(-1, 0, units).add(both.narrow(-1, units, units));
  }

  /**
   * What one or both directions give.
   *
   * @param all [size, time, units], both directions side by side
   * @param last the step each direction ends with, [directions, size, units]
   */
  private record Steps(Tensor all, Tensor last) {
    static Steps of(T_TensorTensor_T result) {
      return new Steps(result.get0(), result.get1());
    }

    static Steps of(T_TensorTensorTensor_T result) {
      return new Steps(result.get0(), result.get1());
    }
  }

  private Steps forward(Tensor x, Tape tape) {
    long[] shape = {bidirectional ? 2 : 1, x.size(0), layer.units()};
    Tensor h = torch.zeros(shape, x.options());
    boolean training = true; // only libtorch's own dropout, which is off, would look at it
    if (layer instanceof Lstm lstm && lstm.gates() != Activation.SIGMOID) {
      return bidirectional ? bothDirections(this::lstm, x) : lstm(x, 0);
    }
    if (layer instanceof Lstm) {
      TensorVector state = new TensorVector(h, h);
      return Steps.of(torch.lstm(x, state, weights, true, 1, 0, training, bidirectional, true));
    }
    if (layer instanceof Gru) {
      OneDirection gru = (steps, first) -> gru(steps, first, tape);
      return bidirectional ? bothDirections(gru, x) : gru.forward(x, 0);
    }
    boolean tanh = ((SimpleRnn) layer).activation() == Activation.TANH;
    return Steps.of(
        tanh
            ? torch.rnn_tanh(x, h, weights, true, 1, 0, training, bidirectional, true)
            : torch.rnn_relu(x, h, weights, true, 1, 0, training, bidirectional, true));
  }

  /** One direction, step by step, with the weights that begin at a place. */
  @FunctionalInterface
  private interface OneDirection {
    Steps forward(Tensor x, int first);
  }

  private static Steps bothDirections(OneDirection layer, Tensor x) {
    Steps forth = layer.forward(x, 0);
    Steps back = layer.forward(x.flip(1), 4);
    return new Steps(
        torch.cat(new TensorVector(forth.all, back.all.flip(1)), 2),
        torch.cat(new TensorVector(forth.last, back.last), 0));
  }

  /** The input's share of all time steps is one product; {@link GruRecurrence} does the rest. */
  private Steps gru(Tensor x, int first, Tape tape) {
    long units = layer.units();
    TensorVector biases =
        torch.split_with_sizes(weights.get(first + 3), new long[] {2 * units, units}, 0);
    Tensor none = torch.zeros(new long[] {units}, x.options());
    Tensor bias = weights.get(first + 2).add(torch.cat(new TensorVector(biases.get(0), none), 0));
    Tensor rows = x.transpose(0, 1).reshape(-1, x.size(2));
    Tensor inputs =
        torch
            .addmm(bias.unsqueeze(1), weights.get(first), rows.t())
            .view(3 * units, x.size(1), x.size(0));
    GruRecurrence gru =
        new GruRecurrence(inputs, weights.get(first + 1), biases.get(1).unsqueeze(1));
    Tensor all = gru.outputs(tape);
    Tensor last = all.select(0, x.size(1) - 1).t().unsqueeze(0);
    return new Steps(all.permute(2, 0, 1), last);
  }

  /** An LSTM written out, for gates that libtorch's own does not have. */
  private Steps lstm(Tensor x, int first) {
    Lstm lstm = (Lstm) layer;
    long units = lstm.units();
    Tensor inputs = torch.linear(x, weights.get(first), new TensorOptional(weights.get(first + 2)));
    TensorOptional bias = new TensorOptional(weights.get(first + 3));
    Tensor h = torch.zeros(new long[] {x.size(0), units}, x.options());
    Tensor c = h;
    Tensor[] all = new Tensor[Math.toIntExact(x.size(1))];
    for (int t = 0; t < all.length; t++) {
      Tensor sum = inputs.select(1, t).add(torch.linear(h, weights.get(first + 1), bias));
      Tensor input = Activations.apply(lstm.gates(), sum.narrow(1, 0, units), 1);
      Tensor forget = Activations.apply(lstm.gates(), sum.narrow(1, units, units), 1);
      Tensor cell = sum.narrow(1, 2 * units, units).tanh();
      Tensor output = Activations.apply(lstm.gates(), sum.narrow(1, 3 * units, units), 1);
      c = forget.mul(c).add(input.mul(cell));
      h = output.mul(c.tanh());
      all[t] = h;
    }
    return new Steps(torch.stack(new TensorVector(all), 1), h.unsqueeze(0));
  }
}
