package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.shape.Shape;

/** Each position repeated along every dimension. Its gradient is the sum, from first to last. */
final class UpsamplingFunction implements LayerFunction {
  private final Upsampling settings;
  private final LayerPlan plan;
  private Grid source;
  private Grid result;
  private int[] sources = {}; // for each place of a channel of the result, that of the source

  UpsamplingFunction(Upsampling settings, LayerPlan plan) {
    this.settings = settings;
    this.plan = plan;
  }

  @Override
  public void plan(Call call, Room room) {
    Shape shape = plan.node().shape();
    source = Grid.of(shape, call.time(0));
    result = Grid.of(plan.shape(), call.resultTime());
    if (sources.length < result.places()) {
      sources = new int[result.places()];
    }
    int factor = settings.factor();
    int along = shape.spatial().size();
    int next = 0;
    for (int d = 0; d < result.depth(); d++) {
      for (int h = 0; h < result.height(); h++) {
        for (int w = 0; w < result.width(); w++) {
          sources[next++] =
              source.at(along > 2 ? d / factor : d, along > 1 ? h / factor : h, w / factor);
        }
      }
    }
  }

  @Override
  public void forward(Call call) {
    Floats x = call.source(0);
    Floats y = call.result();
    for (int n = 0; n < call.size(); n++) {
      for (int c = 0; c < result.channels(); c++) {
        int from = x.at() + n * source.size() + c * source.channelStride();
        int to = y.at() + n * result.size() + c * result.channelStride();
        for (int i = 0; i < result.places(); i++) {
          y.array()[to + i * result.placeStride()] = x.array()[from + sources[i]];
        }
      }
    }
  }

  @Override
  public void backward(Call call) {
    if (!call.wants(0)) {
      return;
    }
    Floats dx = call.clearedSourceGradient(0);
    Floats dy = call.resultGradient();
    for (int n = 0; n < call.size(); n++) {
      for (int c = 0; c < result.channels(); c++) {
        int to = dx.at() + n * source.size() + c * source.channelStride();
        int from = dy.at() + n * result.size() + c * result.channelStride();
        for (int i = 0; i < result.places(); i++) {
          dx.array()[to + sources[i]] += dy.array()[from + i * result.placeStride()];
        }
      }
    }
  }
}
