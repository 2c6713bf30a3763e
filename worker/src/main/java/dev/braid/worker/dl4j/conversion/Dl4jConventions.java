package dev.braid.worker.dl4j.conversion;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.ForwardingEvaluator;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of Braid's that trains a network of DL4J's: the same but for two things that DL4J
 * counts otherwise. A mini-batch's variance is divided by n there, by n - 1 here, before it moves
 * the running one; and recurrent layers have one bias there, two here, of which the second stays 0.
 */
final class Dl4jConventions extends ForwardingEvaluator implements Differentiable {
  private final Differentiable network;
  private final List<Variance> variances = new ArrayList<>();
  private final List<Segment> secondBiases = new ArrayList<>();
  private final Blocks before;
  private int size;

  /**
   * A running variance.
   *
   * @param momentum how far it moves towards a mini-batch's
   * @param perExample how many numbers of an example it is taken over
   */
  private record Variance(Segment segment, double momentum, int perExample) {}

  /**
   * @param network of this plan; closed with this one
   */
  Dl4jConventions(Differentiable network, NetworkPlan plan) {
    super(network);
    this.network = network;
    this.before = Blocks.zeros(plan.layout().numStatistics());
    Map<String, Segment> segments = new HashMap<>();
    plan.layout().params().forEach(segment -> segments.put(segment.name(), segment));
    plan.layout().statistics().forEach(segment -> segments.put(segment.name(), segment));
    for (LayerPlan layer : plan.layers()) {
      for (Parameter parameter : layer.parameters()) {
        Segment segment = segments.get(layer.nameOf(parameter));
        if (layer.layer() instanceof BatchNorm norm && segment.role() == Segment.Role.VARIANCE) {
          int perExample = layer.shape().size() / layer.shape().channels();
          variances.add(new Variance(segment, norm.momentum(), perExample));
        }
        if (layer.layer() instanceof Recurrent && parameter.name().startsWith("bias_hh")) {
          secondBiases.add(segment);
        }
      }
    }
  }

  @Override
  public StateLayout layout() {
    return network.layout();
  }

  @Override
  public void loadParams(Blocks params) {
    network.loadParams(params);
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    before.copyFrom(statistics);
    network.loadStatistics(statistics);
  }

  @Override
  public void readStatistics(Blocks statistics) {
    network.readStatistics(statistics);
    if (variances.isEmpty()) {
      return;
    }
    variances.forEach(variance -> divideByN(variance, statistics));
    loadStatistics(statistics);
  }

  /** What the mini-batch has added to the running variance becomes (n - 1) / n of it. */
  private void divideByN(Variance variance, Blocks statistics) {
    double n = (double) size * variance.perExample;
    if (n == 1) {
      return; // a single number moves nothing
    }
    Segment segment = variance.segment();
    for (long i = segment.offset(); i < segment.offset() + segment.size(); i++) {
      double kept = (1 - variance.momentum()) * before.get(i);
      statistics.set(i, (float) (kept + (statistics.get(i) - kept) * (n - 1) / n));
    }
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    size = batch.size();
    double loss = network.gradient(batch, key, gradients);
    for (Segment segment : secondBiases) {
      for (long i = segment.offset(); i < segment.offset() + segment.size(); i++) {
        gradients.set(i, 0);
      }
    }
    return loss;
  }
}
