package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.ReductionKernel;
import dev.braid.worker.layer.LayerPlan;

/** The mean of each channel, of a sequence's steps those that are there. */
final class GlobalAveragePoolingFunction implements LayerFunction {
  private final LayerPlan plan;
  private final ReductionKernel reduction;
  private final Floats part = new Floats();
  private final Floats sums = new Floats();
  private Grid source;

  GlobalAveragePoolingFunction(LayerPlan plan, ReductionKernel reduction) {
    this.plan = plan;
    this.reduction = reduction;
  }

  @Override
  public void plan(Call call, Room room) {
    source = Grid.of(plan.node().shape(), call.time(0));
  }

  @Override
  public void forward(Call call) {
    Floats x = call.source(0);
    Floats y = call.result();
    int channels = source.channels();
    for (int n = 0; n < call.size(); n++) {
      int places = source.placesOf(call.lengths(0), n);
      part.bind(x.array(), x.at() + n * source.size(), places * channels);
      sums.bind(y.array(), y.at() + n * channels, channels);
      if (source.placeStride() == 1) {
        reduction.rowSums(part, sums, false);
      } else {
        reduction.columnSums(part, sums, false);
      }
      for (int c = 0; c < channels; c++) {
        sums.array()[sums.at() + c] /= places;
      }
    }
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats to = call.clearedSourceGradient(0);
    Floats from = call.resultGradient();
    int channels = source.channels();
    for (int n = 0; n < call.size(); n++) {
      int places = source.placesOf(call.lengths(0), n);
      for (int c = 0; c < channels; c++) {
        float share = from.array()[from.at() + n * channels + c] / places;
        int first = to.at() + n * source.size() + c * source.channelStride();
        for (int i = 0; i < places; i++) {
          to.array()[first + i * source.placeStride()] += share;
        }
      }
    }
  }
}
