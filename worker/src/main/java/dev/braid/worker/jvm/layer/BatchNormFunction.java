package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.NormalisationKernel.Line;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.LayerPlan;

/**
 * gain (x - mean) / sqrt(variance + epsilon) + bias for each channel. Features are columns of a
 * matrix with a row for each step that is there; the channels of images are rows of one for each
 * example, whose sums are added from the first example to the last.
 */
final class BatchNormFunction implements LayerFunction {
  private static final int GAIN = 0;
  private static final int BIAS = 1;
  private static final int MEAN = 2;
  private static final int VARIANCE = 3;

  private final BatchNorm settings;
  private final KernelSet kernels;
  private final int channels;
  private final boolean channelsFirst;
  private final Floats part = new Floats();

  // Of each channel.
  private final Floats means;
  private final Floats sums;
  private final Floats products;
  private final Line line;
  private final double[] inverses; // 1 / sqrt(variance + epsilon)

  // Of each channel of each example.
  private final Floats rowMeans = new Floats();
  private final Floats rowSums = new Floats();
  private final Line rowLine = new Line(new Floats(), new Floats(), new Floats());

  private boolean ofBatch;
  private long count;

  BatchNormFunction(BatchNorm settings, LayerPlan plan, KernelSet kernels) {
    this.settings = settings;
    this.kernels = kernels;
    channels = plan.shape().channels();
    channelsFirst = plan.shape().rank() > 2;
    means = floats(channels);
    sums = floats(channels);
    products = floats(channels);
    line = new Line(floats(channels), floats(channels), floats(channels));
    inverses = new double[channels];
  }

  private static Floats floats(int size) {
    return new Floats().bind(new float[size], 0, size);
  }

  @Override
  public void plan(Call call, Room room) {
    if (channelsFirst) {
      int rows = call.size() * channels;
      grow(rowMeans, rows);
      grow(rowSums, rows);
      grow(rowLine.scales(), rows);
      grow(rowLine.slopes(), rows);
      grow(rowLine.shifts(), rows);
    }
  }

  private static void grow(Floats floats, int size) {
    boolean fits = floats.array().length >= size;
    floats.bind(fits ? floats.array() : new float[size], 0, size);
  }

  @Override
  public void forward(Call call) {
    count = count(call);
    ofBatch = call.training() && count > 1;
    if (ofBatch) {
      measure(call);
    } else {
      call.tensor(MEAN).copy(0, means, 0, channels);
      invert(call.tensor(VARIANCE), 1);
    }
    for (int c = 0; c < channels; c++) {
      double scale = number(call.tensor(GAIN), c) * inverses[c];
      set(line.scales(), c, scale);
      set(line.shifts(), c, number(call.tensor(BIAS), c) - number(means, c) * scale);
    }
    if (channelsFirst) {
      spread(line.scales(), rowLine.scales());
      spread(line.shifts(), rowLine.shifts());
      kernels
          .normalisation()
          .affineRows(call.source(0), rowLine.scales(), rowLine.shifts(), call.result());
    } else {
      kernels
          .normalisation()
          .affineColumns(call.source(0), line.scales(), line.shifts(), call.result());
    }
  }

  /** Numbers of a channel, without padding. */
  private long count(Call call) {
    int[] lengths = call.lengths(0);
    if (lengths == null) {
      return call.source(0).size() / channels;
    }
    long count = 0;
    for (int length : lengths) {
      count += length;
    }
    return count;
  }

  /** Takes the mini-batch's mean and variance and lets the running ones follow. */
  private void measure(Call call) {
    sums.clear();
    if (channelsFirst) {
      kernels.reduction().rowSums(call.source(0), rowSums, false);
      addRows(sums);
    } else {
      eachExample(call, null);
    }
    for (int c = 0; c < channels; c++) {
      set(means, c, number(sums, c) / count);
    }
    sums.clear();
    if (channelsFirst) {
      spread(means, rowMeans);
      kernels.normalisation().rowSquares(call.source(0), rowMeans, rowSums);
      addRows(sums);
    } else {
      eachExample(call, means);
    }
    invert(sums, (double) count);
    for (int c = 0; c < channels; c++) {
      follow(call.tensor(MEAN), c, number(means, c));
      follow(call.tensor(VARIANCE), c, number(sums, c) / (count - 1));
    }
  }

  /** Adds the steps that are there to the sums, or their squared distances from the means. */
  private void eachExample(Call call, Floats from) {
    int[] lengths = call.lengths(0);
    int examples = lengths == null ? 1 : call.size();
    int stride = call.source(0).size() / examples;
    for (int i = 0; i < examples; i++) {
      int size = lengths == null ? stride : lengths[i] * channels;
      part.bind(call.source(0).array(), call.source(0).at() + i * stride, size);
      if (from == null) {
        kernels.reduction().columnSums(part, sums, true);
      } else {
        kernels.normalisation().columnSquares(part, from, sums);
      }
    }
  }

  private void addRows(Floats to) {
    kernels.reduction().columnSums(rowSums, to, true);
  }

  private void invert(Floats variances, double divisor) {
    for (int c = 0; c < channels; c++) {
      inverses[c] = 1 / Math.sqrt(number(variances, c) / divisor + settings.epsilon());
    }
  }

  private void follow(Floats running, int c, double number) {
    double momentum = settings.momentum();
    set(running, c, (1 - momentum) * number(running, c) + momentum * number);
  }

  @Override
  public void backward(Call call) {
    Floats dy = call.resultGradient();
    Floats x = call.source(0);
    sums.clear();
    products.clear();
    if (channelsFirst) {
      spread(means, rowMeans);
      kernels.reduction().rowSums(dy, rowSums, false);
      addRows(sums);
      kernels.normalisation().rowProducts(dy, x, rowMeans, rowSums);
      addRows(products);
    } else {
      kernels.reduction().columnSums(dy, sums, true);
      kernels.normalisation().columnProducts(dy, x, means, products);
    }
    learn(call);
    if (call.wants(0)) {
      goThrough(call);
    }
  }

  private void learn(Call call) {
    if (call.learns(BIAS)) {
      kernels.reduction().add(call.tensorGradient(BIAS), sums, call.tensorGradient(BIAS));
    }
    if (call.learns(GAIN)) {
      Floats gradient = call.tensorGradient(GAIN);
      for (int c = 0; c < channels; c++) {
        set(gradient, c, number(gradient, c) + number(products, c) * inverses[c]);
      }
    }
  }

  /** With d = dy gain / sqrt(...): d, less its mean and what of it goes along x, if those moved. */
  private void goThrough(Call call) {
    for (int c = 0; c < channels; c++) {
      double scale = number(call.tensor(GAIN), c) * inverses[c];
      double along = scale * inverses[c] * inverses[c] * number(products, c) / count;
      double constant = scale * number(sums, c) / count;
      set(line.scales(), c, scale);
      set(line.slopes(), c, ofBatch ? -along : 0);
      set(line.shifts(), c, ofBatch ? along * number(means, c) - constant : 0);
    }
    Floats dy = call.resultGradient();
    Floats dx = call.sourceGradient(0);
    if (channelsFirst) {
      spread(line.scales(), rowLine.scales());
      spread(line.slopes(), rowLine.slopes());
      spread(line.shifts(), rowLine.shifts());
      kernels.normalisation().blendRows(dy, call.source(0), rowLine, dx, call.adds(0));
    } else {
      kernels.normalisation().blendColumns(dy, call.source(0), line, dx, call.adds(0));
    }
  }

  /** Gives each example the channels' numbers. */
  private void spread(Floats ofChannels, Floats ofRows) {
    for (int row = 0; row < ofRows.size(); row += channels) {
      ofChannels.copy(0, ofRows, row, channels);
    }
  }

  private static double number(Floats floats, int i) {
    return floats.array()[floats.at() + i];
  }

  private static void set(Floats floats, int i, double number) {
    floats.array()[floats.at() + i] = (float) number;
  }
}
