package dev.braid.worker.jvm.layer;

import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.kernel.ReductionKernel;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.PositionalEncoding;

/** Adds to each step what tells its place. */
final class PositionalEncodingFunction implements LayerFunction {
  private final ReductionKernel reduction;
  private final int features;
  private final Floats places = new Floats();
  private final Floats source = new Floats();
  private final Floats result = new Floats();

  PositionalEncodingFunction(PositionalEncoding settings, LayerPlan plan, KernelSet kernels) {
    reduction = kernels.reduction();
    features = plan.shape().channels();
  }

  @Override
  public void plan(Call call, Room room) {
    if (places.array().length < call.time(0) * features) {
      float[] computed = PositionalEncoding.places(call.time(0), features);
      places.bind(computed, 0, computed.length);
    }
  }

  @Override
  public void forward(Call call) {
    int ofExample = call.time(0) * features;
    places.bind(places.array(), 0, ofExample);
    for (int i = 0; i < call.size(); i++) {
      source.bind(call.source(0).array(), call.source(0).at() + i * ofExample, ofExample);
      result.bind(call.result().array(), call.result().at() + i * ofExample, ofExample);
      reduction.add(source, places, result);
    }
  }

  @Override
  public void backward(Call call) {
    if (call.wants(0)) {
      Floats bySource = call.clearedSourceGradient(0);
      reduction.add(bySource, call.resultGradient(), bySource);
    }
  }
}
