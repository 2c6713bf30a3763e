package dev.braid.worker.torch.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Bidirectional.Merge;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.layer.SimpleRnn;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Layers along time: x is [size, time, features]. */
final class RecurrentLayers {
  private final Recurrent layer;
  private final int numStates;
  private final List<Tensor> forth;
  private final List<Tensor> back;
  private final List<Tensor> weights;

  /**
   * @param place its tensors are those of one direction or, one after the other, of both
   */
  private RecurrentLayers(Recurrent layer, int numDirections, TorchLayer place) {
    List<Tensor> weights = place.tensors();
    int each = weights.size() / numDirections;
    this.layer = layer;
    this.numStates = layer.stateWidths(place.plan().node()).size();
    this.forth = weights.subList(0, each);
    this.back = weights.subList(weights.size() - each, weights.size());
    this.weights = weights;
  }

  /** One direction. */
  static Forward recurrent(Recurrent settings, TorchLayer layer) {
    RecurrentLayers recurrent = new RecurrentLayers(settings, 1, layer);
    return (inputs, pass) -> {
      Lengths lengths = pass.lengths(0);
      Steps steps = recurrent.fromCarried(inputs[0], lengths, pass);
      return settings.returnSequences() ? steps.outputs() : steps.last(lengths).get(0);
    };
  }

  /** Both directions. */
  static Forward bidirectional(Bidirectional settings, TorchLayer layer) {
    Recurrent each = settings.layer();
    RecurrentLayers recurrent = new RecurrentLayers(each, 2, layer);
    return (inputs, pass) -> {
      Tensor both = recurrent.bothDirections(inputs[0], pass);
      return settings.merge() == Merge.SUM ? sumOfHalves(both, each.units()) : both;
    };
  }

  private static Tensor sumOfHalves(Tensor both, int units) {
    return both.narrow(-1, 0, units).add(both.narrow(-1, units, units));
  }

  /**
   * What one direction gives.
   *
   * @param all states at each step, [size, time, units], the outputs first; what a layer remembers
   *     besides only where it was asked for
   * @param last states after the last step, [size, units], padding taken for steps
   */
  record Steps(List<Tensor> all, List<Tensor> last) {
    Tensor outputs() {
      return all.get(0);
    }

    /** The states at the end of each example, as far as all are there. */
    List<Tensor> last(Lengths lengths) {
      return lengths == null ? last : all.stream().map(lengths::last).toList();
    }
  }

  private Steps fromCarried(Tensor x, Lengths lengths, Pass pass) {
    if (pass.carried() == null) {
      return direction(x, forth, zeros(x), false, pass.tape());
    }
    List<Tensor> begin = pass.carried().begin(numStates);
    Steps steps = direction(x, forth, begin, lengths != null, pass.tape());
    pass.carried().end(steps.last(lengths));
    return steps;
  }

  private List<Tensor> zeros(Tensor x) {
    Tensor zeros = torch.zeros(new long[] {x.size(0), layer.units()}, x.options());
    return Collections.nCopies(numStates, zeros);
  }

  /** Both directions side by side: all steps, or where each direction ends. */
  private Tensor bothDirections(Tensor x, Pass pass) {
    Lengths lengths = pass.lengths(0);
    if (lengths == null && isLibtorchs()) {
      Tensor zeros = torch.zeros(new long[] {2, x.size(0), layer.units()}, x.options());
      List<Tensor> found = libtorch(x, weights, Collections.nCopies(numStates, zeros), true);
      return layer.returnSequences()
          ? found.get(0)
          : torch.cat(new TensorVector(found.get(1).select(0, 0), found.get(1).select(0, 1)), 1);
    }
    Steps toEnd = direction(x, forth, zeros(x), false, pass.tape());
    Steps toBegin = direction(reversed(x, lengths), back, zeros(x), false, pass.tape());
    return layer.returnSequences()
        ? torch.cat(new TensorVector(toEnd.outputs(), reversed(toBegin.outputs(), lengths)), 2)
        : torch.cat(new TensorVector(toEnd.last(lengths).get(0), toBegin.last(lengths).get(0)), 1);
  }

  private static Tensor reversed(Tensor x, Lengths lengths) {
    return lengths == null ? x.flip(1) : lengths.reverse(x);
  }

  /** Whether libtorch has a function for it that is worth while. */
  private boolean isLibtorchs() {
    return layer instanceof SimpleRnn
        || (layer instanceof Lstm lstm && lstm.gates() == Activation.SIGMOID && !lstm.peepholes());
  }

  /**
   * One direction.
   *
   * @param begin the states before the first step, [size, units]
   * @param everyState whether all states of each step are asked for, not the outputs alone
   */
  private Steps direction(
      Tensor x, List<Tensor> weights, List<Tensor> begin, boolean everyState, Tape tape) {
    if (layer instanceof Gru) {
      return gru(x, weights, begin.get(0), tape);
    }
    if (layer instanceof Lstm lstm && (everyState || !isLibtorchs())) {
      return new LstmRecurrence(lstm, weights).steps(x, begin.get(0), begin.get(1));
    }
    List<Tensor> found =
        libtorch(x, weights, begin.stream().map(state -> state.unsqueeze(0)).toList(), false);
    return new Steps(
        found.subList(0, 1), found.stream().skip(1).map(state -> state.select(0, 0)).toList());
  }

  /**
   * libtorch's own function: all outputs, [size, time, units], then the last states, [directions,
   * size, units].
   */
  private List<Tensor> libtorch(
      Tensor x, List<Tensor> weights, List<Tensor> begin, boolean bidirectional) {
    boolean training = true; // only libtorch's own dropout, which is off, would look at it
    TensorVector w = vector(weights);
    if (layer instanceof Lstm) {
      T_TensorTensorTensor_T found =
          torch.lstm(x, vector(begin), w, true, 1, 0, training, bidirectional, true);
      return List.of(found.get0(), found.get1(), found.get2());
    }
    Tensor h = begin.get(0);
    T_TensorTensor_T found =
        ((SimpleRnn) layer).activation() == Activation.TANH
            ? torch.rnn_tanh(x, h, w, true, 1, 0, training, bidirectional, true)
            : torch.rnn_relu(x, h, w, true, 1, 0, training, bidirectional, true);
    return List.of(found.get0(), found.get1());
  }

  /** The input's share of all time steps is one product; {@link GruRecurrence} does the rest. */
  private Steps gru(Tensor x, List<Tensor> weights, Tensor begin, Tape tape) {
    long units = layer.units();
    TensorVector biases = torch.split_with_sizes(weights.get(3), new long[] {2 * units, units}, 0);
    Tensor none = torch.zeros(new long[] {units}, x.options());
    Tensor bias = weights.get(2).add(torch.cat(new TensorVector(biases.get(0), none), 0));
    Tensor rows = x.transpose(0, 1).reshape(-1, x.size(2));
    Tensor inputs =
        torch
            .addmm(bias.unsqueeze(1), weights.get(0), rows.t())
            .view(3 * units, x.size(1), x.size(0));
    GruRecurrence gru =
        new GruRecurrence(inputs, weights.get(1), biases.get(1).unsqueeze(1), begin.t());
    Tensor all = gru.outputs(tape);
    Tensor last = all.select(0, x.size(1) - 1).t();
    return new Steps(List.of(all.permute(2, 0, 1)), List.of(last));
  }

  private static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(tensors.toArray(new Tensor[0]));
  }
}
