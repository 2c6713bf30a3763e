package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.ReductionKernel;

/** What is made of values of equal shape, number by number. */
final class MergeFunctions {
  private MergeFunctions() {}

  /** The sum of all, from first to last. */
  static LayerFunction sum(KernelSet kernels) {
    return new Sum(kernels.reduction(), false);
  }

  /** The mean of all. */
  static LayerFunction mean(KernelSet kernels) {
    return new Sum(kernels.reduction(), true);
  }

  /** The product of all, from first to last. */
  static LayerFunction product(KernelSet kernels) {
    return new Product(kernels.reduction());
  }

  /** The first less the second. */
  static LayerFunction difference(KernelSet kernels) {
    return new Difference(kernels.reduction());
  }

  /** The largest of all. */
  static LayerFunction largest() {
    return new Largest();
  }

  /** The absolute value of the only one. */
  static LayerFunction absolute() {
    return new AbsoluteValue();
  }

  private static final class Sum implements LayerFunction {
    private final ReductionKernel kernel;
    private final boolean isMean;

    Sum(ReductionKernel kernel, boolean isMean) {
      this.kernel = kernel;
      this.isMean = isMean;
    }

    @Override
    public void forward(Call call) {
      Floats y = call.result();
      call.source(0).copy(0, y, 0, y.size());
      for (int i = 1; i < call.numSources(); i++) {
        kernel.add(y, call.source(i), y);
      }
      if (isMean) {
        kernel.scale(1f / call.numSources(), y, y);
      }
    }

    @Override
    public void backward(Call call) {
      Floats dy = call.resultGradient();
      if (isMean) {
        kernel.scale(1f / call.numSources(), dy, dy);
      }
      for (int i = 0; i < call.numSources(); i++) {
        if (call.wants(i)) {
          pass(kernel, call, i, dy);
        }
      }
    }
  }

  /** Writes the gradient by a source, or adds it. */
  private static void pass(ReductionKernel kernel, Call call, int i, Floats gradient) {
    Floats dx = call.sourceGradient(i);
    if (call.adds(i)) {
      kernel.add(dx, gradient, dx);
    } else {
      gradient.copy(0, dx, 0, dx.size());
    }
  }

  private static final class Product implements LayerFunction {
    private final ReductionKernel kernel;
    private Floats others;

    Product(ReductionKernel kernel) {
      this.kernel = kernel;
    }

    @Override
    public void plan(Call call, Room room) {
      others = room.scratch(call.result().size());
    }

    @Override
    public void forward(Call call) {
      multiply(call, -1, call.result());
    }

    /** The product of all sources but one. */
    private void multiply(Call call, int without, Floats product) {
      int first = without == 0 ? 1 : 0;
      call.source(first).copy(0, product, 0, product.size());
      for (int i = first + 1; i < call.numSources(); i++) {
        if (i != without) {
          kernel.multiply(product, call.source(i), product);
        }
      }
    }

    @Override
    public void backward(Call call) {
      for (int i = 0; i < call.numSources(); i++) {
        if (call.wants(i)) {
          multiply(call, i, others);
          kernel.multiply(others, call.resultGradient(), others);
          pass(kernel, call, i, others);
        }
      }
    }
  }

  private static final class Difference implements LayerFunction {
    private final ReductionKernel kernel;

    Difference(ReductionKernel kernel) {
      this.kernel = kernel;
    }

    @Override
    public void forward(Call call) {
      kernel.subtract(call.source(0), call.source(1), call.result());
    }

    @Override
    public void backward(Call call) {
      Floats dy = call.resultGradient();
      if (call.wants(0)) {
        pass(kernel, call, 0, dy);
      }
      if (call.wants(1)) {
        kernel.scale(-1, dy, dy);
        pass(kernel, call, 1, dy);
      }
    }
  }

  /** Its gradient goes to the largest; two that are equal share it. */
  private static final class Largest implements LayerFunction {
    @Override
    public void forward(Call call) {
      Floats y = call.result();
      call.source(0).copy(0, y, 0, y.size());
      for (int k = 1; k < call.numSources(); k++) {
        Floats x = call.source(k);
        for (int i = 0; i < y.size(); i++) {
          y.array()[y.at() + i] = Math.max(y.array()[y.at() + i], x.array()[x.at() + i]);
        }
      }
    }

    @Override
    public void backward(Call call) {
      for (int k = 0; k < call.numSources(); k++) {
        if (call.wants(k)) {
          call.clearedSourceGradient(k);
        }
      }
      for (int i = 0; i < call.result().size(); i++) {
        share(call, i);
      }
    }

    /** From the last source to the first, each against the largest before it. */
    private static void share(Call call, int i) {
      float gradient = number(call.resultGradient(), i);
      for (int k = call.numSources() - 1; k > 0; k--) {
        float before = largest(call, k, i);
        float here = number(call.source(k), i);
        if (here == before) {
          gradient *= 0.5f;
          add(call, k, i, gradient);
        } else if (here > before) {
          add(call, k, i, gradient);
          return;
        }
      }
      add(call, 0, i, gradient);
    }

    private static float largest(Call call, int count, int i) {
      float largest = number(call.source(0), i);
      for (int k = 1; k < count; k++) {
        largest = Math.max(largest, number(call.source(k), i));
      }
      return largest;
    }

    private static void add(Call call, int k, int i, float gradient) {
      if (call.wants(k)) {
        Floats dx = call.sourceGradient(k);
        dx.array()[dx.at() + i] += gradient;
      }
    }
  }

  private static float number(Floats floats, int i) {
    return floats.array()[floats.at() + i];
  }

  private static final class AbsoluteValue implements LayerFunction {
    @Override
    public void forward(Call call) {
      Floats x = call.source(0);
      Floats y = call.result();
      for (int i = 0; i < y.size(); i++) {
        y.array()[y.at() + i] = Math.abs(x.array()[x.at() + i]);
      }
    }

    @Override
    public void backward(Call call) {
      if (!call.wants(0)) {
        return;
      }
      Floats x = call.source(0);
      Floats dy = call.resultGradient();
      Floats dx = call.clearedSourceGradient(0);
      for (int i = 0; i < dx.size(); i++) {
        float number = x.array()[x.at() + i];
        float sign = number > 0 ? 1 : number < 0 ? -1 : 0;
        dx.array()[dx.at() + i] += sign * dy.array()[dy.at() + i];
      }
    }
  }
}
