package dev.braid.worker.jvm.layer;

import dev.braid.worker.function.Activation;
import dev.braid.worker.kernel.ActivationKernel;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.AlongTime;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.shape.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A convolution along time, over images or through volumes. Each result begins with the bias, to
 * which the terms are added in the order of the weights: channels, then taps; padding is zeros. The
 * gradient by the source adds filters, then taps, or, where its shape makes that cheaper, first the
 * filters of each tap ({@link SpreadProduct}).
 */
final class ConvolutionFunction implements LayerFunction {
  /** A spread product's additions cost about as much as so many terms for each vector of a row. */
  private static final long TERMS_OF_AN_ADDITION = 100;

  private final Convolution settings;
  private final LayerPlan plan;
  private final KernelSet kernels;
  private final List<Window> windows; // along depth, height and width
  private final ShapedActivation activation;
  private final int reach; // steps before the first that are carried from mini-batch to mini-batch
  private Grid source;
  private Grid result;
  private SlidProduct product;
  private final List<SlidProduct> gradients = new ArrayList<>();
  private boolean gradientsHaveGaps;
  private SpreadProduct spread; // instead of those, where it has less to compute
  private ConvolutionWeightGradient weightGradient;
  private SlidProduct.Memory memory;
  private Floats joined; // steps behind those that the kernel reaches back to
  private Floats before; // what the activation is applied to
  private final Floats part = new Floats();

  ConvolutionFunction(Convolution settings, LayerPlan plan, KernelSet kernels) {
    this.settings = settings;
    this.plan = plan;
    this.kernels = kernels;
    windows = Grid.three(settings.windows(plan.node()));
    activation = new ShapedActivation(settings.activation(), plan.shape(), kernels);
    reach = settings.alongTime() == AlongTime.STATE ? windows.get(2).before() : 0;
  }

  @Override
  public void plan(Call call, Room room) {
    source = Grid.of(plan.node().shape(), call.time(0));
    result = Grid.of(plan.shape(), call.resultTime());
    product = product();
    gradients.clear();
    spread = null;
    if (call.wants(0)) {
      planGradients();
      chooseGradient(room);
    }
    planMemory(call, room);
    weightGradient = null;
    if (call.learns(0)) {
      weightGradient =
          new ConvolutionWeightGradient(
              kernels, read(), result, planes(along(true)), settings.groups());
      weightGradient.plan(room);
    }
  }

  /** What the kernel slides over: a sequence may have steps before the first. */
  private Grid read() {
    return source.withStepsBefore(reach);
  }

  private int numTaps() {
    return windows.stream().mapToInt(Window::kernel).reduce(1, Math::multiplyExact);
  }

  private int filters() {
    return result.channels() / settings.groups();
  }

  private int channels() {
    return source.channels() / settings.groups();
  }

  private TapAxis along(boolean apart) {
    Window width = windows.get(2);
    Window along =
        reach == 0 ? width : new Window(width.kernel(), width.stride(), width.dilation(), 0, 0);
    return TapAxis.of(along, result.width(), apart);
  }

  private TapPlanes planes(TapAxis along) {
    return new TapPlanes(
        kernels.convolution(),
        read(),
        channels(),
        TapAxis.of(windows.get(0), result.depth(), false),
        TapAxis.of(windows.get(1), result.height(), false),
        along);
  }

  /**
   * Whether a copy for each tap along the width, after which no row has a gap before the next,
   * saves more products than its numbers take to copy: some ten terms of a vector's products for
   * each.
   */
  private boolean isWorthCopying(TapAxis sharing, int rows) {
    long copied = 10L * sharing.places() * (sharing.taps().length - 1);
    return copied < (long) numTaps() * rows * (sharing.extent() - sharing.places());
  }

  private SlidProduct product() {
    TapAxis sharing = along(false);
    TapPlanes planes = planes(isWorthCopying(sharing, filters()) ? along(true) : sharing);
    int terms = channels() * numTaps();
    return new SlidProduct(
        kernels.convolution(),
        read(),
        planes,
        new SlidProduct.Results(result, filters(), new int[3], new int[] {1, 1, 1}),
        new SlidProduct.Weights(
            terms, IntStream.range(0, terms).toArray(), Math.multiplyExact(filters(), terms)));
  }

  /** One product for each phase of the strides. */
  private void planGradients() {
    gradientsHaveGaps = false;
    for (int d = 0; d < windows.get(0).stride(); d++) {
      for (int h = 0; h < windows.get(1).stride(); h++) {
        for (int w = 0; w < windows.get(2).stride(); w++) {
          SlidProduct gradient = gradient(d, h, w);
          if (!gradient.isEmpty()) {
            gradients.add(gradient);
          } else {
            gradientsHaveGaps = true;
          }
        }
      }
    }
  }

  private void chooseGradient(Room room) {
    long slid = gradients.stream().mapToLong(SlidProduct::numTerms).sum();
    long rows = (long) numTaps() * channels() * result.depth() * result.height();
    long each =
        (long) filters() * result.width() + TERMS_OF_AN_ADDITION * (1 + result.width() / 16);
    if (result.placeStride() == 1 && rows * each * 5 / 4 < slid) {
      spread = new SpreadProduct(kernels.convolution(), source, result, windows, settings.groups());
      spread.plan(room);
      gradients.clear();
      gradientsHaveGaps = false;
    }
  }

  private SlidProduct gradient(int... phases) {
    TapAxis sharing = TapAxis.back(windows.get(2), phases[2], source.width(), false);
    TapPlanes planes =
        new TapPlanes(
            kernels.convolution(),
            result,
            filters(),
            TapAxis.back(windows.get(0), phases[0], source.depth(), false),
            TapAxis.back(windows.get(1), phases[1], source.height(), false),
            isWorthCopying(sharing, channels())
                ? TapAxis.back(windows.get(2), phases[2], source.width(), true)
                : sharing);
    int[] first = new int[3];
    int[] strides = new int[3];
    for (int i = 0; i < 3; i++) {
      first[i] = TapAxis.firstPosition(windows.get(i), phases[i]);
      strides[i] = windows.get(i).stride();
    }
    return new SlidProduct(
        kernels.convolution(),
        result,
        planes,
        new SlidProduct.Results(source, channels(), first, strides),
        turnedWeights(planes.weights(windows.get(1).kernel(), windows.get(2).kernel())));
  }

  /** The weights as the gradient by the source has them: a row for each channel. */
  private SlidProduct.Weights turnedWeights(int[] taps) {
    int[] terms = new int[filters() * taps.length];
    for (int i = 0; i < terms.length; i++) {
      int filter = i / taps.length;
      terms[i] = filter * channels() * numTaps() + taps[i % taps.length];
    }
    return new SlidProduct.Weights(numTaps(), terms, filters() * channels() * numTaps());
  }

  private void planMemory(Call call, Room room) {
    int copied = product.planesSize();
    int packed = product.packedSize();
    int rows = product.rowsSize();
    for (SlidProduct gradient : gradients) {
      copied = Math.max(copied, gradient.planesSize());
      packed = Math.max(packed, gradient.packedSize());
      rows = Math.max(rows, gradient.rowsSize());
    }
    memory = new SlidProduct.Memory(room.scratch(copied), room.scratch(packed), room.scratch(rows));
    joined = reach == 0 ? null : room.kept((long) call.size() * read().size());
    before =
        ActivationKernel.needsInput(settings.activation())
            ? room.kept(call.result().size())
            : call.result();
  }

  @Override
  public void forward(Call call) {
    Floats bias = settings.bias() ? call.tensor(1) : null;
    product.run(steps(call), call.tensor(0), bias, before, false, memory);
    if (isActivated()) {
      activation.forward(call.size(), before, call.result());
    }
  }

  private boolean isActivated() {
    return settings.activation() != Activation.IDENTITY;
  }

  /** What the kernel slides over, behind what the last mini-batch has left. */
  private Floats steps(Call call) {
    if (reach == 0) {
      return call.source(0);
    }
    Floats x = call.source(0);
    Floats[] carried = call.carried();
    int lead = reach * source.channels();
    int example = lead + source.size();
    for (int n = 0; n < call.size(); n++) {
      int at = joined.at() + n * example;
      if (carried == null) {
        Arrays.fill(joined.array(), at, at + lead, 0);
      } else {
        System.arraycopy(carried[0].array(), carried[0].at() + n * lead, joined.array(), at, lead);
      }
      System.arraycopy(
          x.array(), x.at() + n * source.size(), joined.array(), at + lead, source.size());
      if (carried != null) {
        int end = at + source.stepsOf(call.lengths(0), n) * source.channels();
        System.arraycopy(joined.array(), end, carried[0].array(), carried[0].at() + n * lead, lead);
      }
    }
    return joined;
  }

  @Override
  public void backward(Call call) {
    Floats dz = call.resultGradient();
    if (isActivated()) {
      activation.backward(call.size(), before, call.result(), dz, dz);
    }
    if (settings.bias() && call.learns(1)) {
      addBiasGradient(dz, call.tensorGradient(1));
    }
    if (call.learns(0)) {
      weightGradient.add(reach == 0 ? call.source(0) : joined, dz, call.tensorGradient(0));
    }
    if (spread != null) {
      spread.add(dz, call.tensor(0), call.clearedSourceGradient(0));
    } else if (call.wants(0)) {
      boolean adds = call.adds(0) || gradientsHaveGaps;
      Floats dx = gradientsHaveGaps ? call.clearedSourceGradient(0) : call.sourceGradient(0);
      for (int i = 0; i < gradients.size(); i++) {
        gradients.get(i).run(dz, call.tensor(0), null, dx, adds, memory);
      }
    }
  }

  private void addBiasGradient(Floats dz, Floats bias) {
    if (result.placeStride() != 1) {
      kernels.reduction().columnSums(dz, bias, true);
      return;
    }
    for (int at = 0; at < dz.size(); at += result.size()) {
      kernels.reduction().rowSums(part.bind(dz.array(), dz.at() + at, result.size()), bias, true);
    }
  }
}
