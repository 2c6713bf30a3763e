package dev.braid.worker.torch.layer;

import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.TimeDistributed;
import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A chain of layers over the steps of sequences, each by itself. */
final class TimeDistributedLayers {
  private final TimeDistributed settings;
  private final List<LayerPlan> plans;
  private final List<Forward> forwards = new ArrayList<>();
  private final TorchLayer layer;

  private TimeDistributedLayers(TimeDistributed settings, TorchLayer layer) {
    this.settings = settings;
    this.layer = layer;
    this.plans = settings.plans(layer.plan().node());
    int first = 0;
    for (int i = 0; i < plans.size(); i++) {
      int next = first + plans.get(i).parameters().size();
      List<Tensor> tensors = layer.tensors().subList(first, next);
      forwards.add(Forwards.of(new TorchLayer(plans.get(i), i, tensors, layer.precision())));
      first = next;
    }
  }

  static Forward timeDistributed(TimeDistributed settings, TorchLayer layer) {
    TimeDistributedLayers inner = new TimeDistributedLayers(settings, layer);
    return (inputs, pass) -> inner.apply(inputs[0], pass);
  }

  /** [size, time, ...] to [size, time, features]; the steps that are there are one mini-batch. */
  private Tensor apply(Tensor x, Pass pass) {
    Lengths lengths = pass.lengths(0);
    Tensor steps = lengths == null ? x.flatten(0, 1) : lengths.present(x);
    Tensor y = chain(steps, pass);
    return lengths == null ? y.view(x.size(0), x.size(1), y.size(1)) : lengths.spread(y);
  }

  private Tensor chain(Tensor steps, Pass pass) {
    int size = Math.toIntExact(steps.size(0));
    Pass within = pass.within(size, SplitMix.key(pass.key(), layer.index()));
    Lengths lengths = settings.readsRows() ? rows(steps) : null;
    Tensor x = lengths == null ? steps : steps.narrow(1, 0, lengths.time());
    for (int i = 0; i < plans.size(); i++) {
      x =
          forwards
              .get(i)
              .apply(new Tensor[] {x}, within.reading(Collections.singletonList(lengths)));
      lengths = Lengths.of(plans.get(i), new Lengths[] {lengths});
    }
    return x;
  }

  /** The lengths of rows of indices, [size, places], that 0s fill up; a row of 0s has one. */
  private Lengths rows(Tensor indices) {
    float[] numbers = layer.precision().numbers(indices);
    int places = Math.toIntExact(indices.size(1));
    int[] lengths = new int[numbers.length / places];
    Arrays.fill(lengths, 1);
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] != 0) {
        lengths[i / places] = i % places + 1;
      }
    }
    return new Lengths(lengths, Arrays.stream(lengths).max().orElseThrow());
  }
}
