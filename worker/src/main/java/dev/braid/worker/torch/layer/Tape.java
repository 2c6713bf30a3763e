package dev.braid.worker.torch.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The parts of one pass whose gradients are written out here. libtorch's graph ends at the inputs
 * of each and begins anew at its output; {@link #gradients} runs backward through both in turns.
 */
public final class Tape {
  private final List<Part> parts = new ArrayList<>();

  /** Gradients of a part's inputs, in their order, from that of its output. */
  @FunctionalInterface
  interface Gradient {
    Tensor[] of(Tensor output);
  }

  private record Part(Tensor output, Gradient gradient, List<Tensor> inputs) {}

  /** Whether a gradient will be asked for that goes through any of these. */
  static boolean learns(Tensor... inputs) {
    return GradMode.is_enabled() && Stream.of(inputs).anyMatch(Tensor::requires_grad);
  }

  /**
   * Notes a part.
   *
   * @param output computed outside libtorch's graph
   * @return the output, for what follows to compute with
   */
  Tensor note(Tensor output, Gradient gradient, Tensor... inputs) {
    Tensor leaf = output.detach().set_requires_grad(true);
    parts.add(new Part(leaf, gradient, List.of(inputs)));
    return leaf;
  }

  /**
   * Gradients of the loss by each leaf, as {@code torch.grad} gives them; 0 where there is none.
   *
   * @param from what the loss is of
   * @param with the loss's gradients by these
   */
  public TensorVector gradients(List<Tensor> from, List<Tensor> with, TensorVector leaves) {
    int numLeaves = Math.toIntExact(leaves.size());
    Tensor[] wanted = new Tensor[numLeaves + parts.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = i < numLeaves ? leaves.get(i) : parts.get(i - numLeaves).output;
    }
    Tensor[] sums = new Tensor[wanted.length];
    backward(from, with, wanted, sums);
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (sums[numLeaves + i] != null) { // else nothing that the loss sees reads it
        backward(parts.get(i), sums[numLeaves + i], wanted, sums);
      }
    }
    TensorVector gradients = new TensorVector();
    for (int i = 0; i < numLeaves; i++) {
      gradients.push_back(sums[i] == null ? torch.zeros_like(wanted[i]) : sums[i]);
    }
    return gradients;
  }

  private void backward(Part part, Tensor arriving, Tensor[] wanted, Tensor[] sums) {
    Tensor[] gradients = part.gradient.of(arriving);
    List<Tensor> from = new ArrayList<>();
    List<Tensor> with = new ArrayList<>();
    for (int i = 0; i < gradients.length; i++) {
      if (part.inputs.get(i).requires_grad()) {
        from.add(part.inputs.get(i));
        with.add(gradients[i]);
      }
    }
    backward(from, with, wanted, sums);
  }

  /**
   * Adds what libtorch's graph makes of gradients, which another part may run backward through too.
   */
  private void backward(List<Tensor> from, List<Tensor> with, Tensor[] wanted, Tensor[] sums) {
    boolean keepsGraph = !parts.isEmpty();
    boolean allowsUnused = true;
    if (from.isEmpty()) {
      return;
    }
    TensorVector gradients =
        torch.grad(
            vector(from),
            vector(List.of(wanted)),
            vector(with),
            new BoolOptional(keepsGraph),
            false,
            allowsUnused);
    for (int i = 0; i < sums.length; i++) {
      Tensor gradient = gradients.get(i);
      if (gradient.defined()) {
        sums[i] = sums[i] == null ? gradient : sums[i].add(gradient);
      }
    }
  }

  private static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(tensors.toArray(new Tensor[0]));
  }
}
