package dev.braid.worker.jvm;

import dev.braid.worker.jvm.layer.LayerTensor;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a network where they lie: in the flat vectors themselves. Only a tensor that
 * begins in one block of a vector and ends in another is copied, before a pass and after it.
 */
final class StateTensors {
  private final Map<String, LayerTensor> byName = new LinkedHashMap<>();
  private final Part[] params;
  private final Part[] statistics;
  private Blocks paramBlocks;
  private Blocks statisticBlocks;
  private Blocks gradientBlocks;

  /** A tensor and its place. */
  private record Part(Segment segment, LayerTensor tensor) {
    int block() {
      return (int) (segment.offset() / Blocks.BLOCK_SIZE);
    }

    int within() {
      return (int) (segment.offset() % Blocks.BLOCK_SIZE);
    }

    boolean isSplit() {
      return within() + segment.size() > Blocks.BLOCK_SIZE;
    }

    int size() {
      return Math.toIntExact(segment.size());
    }

    void bind(Blocks blocks) {
      float[] array = isSplit() ? new float[size()] : blocks.block(block());
      tensor.value().bind(array, isSplit() ? 0 : within(), size());
    }

    void bindGradient(Blocks blocks) {
      float[] array = isSplit() ? new float[size()] : blocks.block(block());
      tensor.gradient().bind(array, isSplit() ? 0 : within(), size());
    }
  }

  StateTensors(StateLayout layout) {
    params = layout.params().stream().map(this::part).toArray(Part[]::new);
    statistics = layout.statistics().stream().map(this::part).toArray(Part[]::new);
    freeze(Set.of());
  }

  private Part part(Segment segment) {
    LayerTensor tensor = new LayerTensor();
    byName.put(segment.name(), tensor);
    return new Part(segment, tensor);
  }

  /** The tensor of this name in the layout. */
  LayerTensor tensor(String name) {
    return byName.get(name);
  }

  /** Asks for no gradients of these layers' parameters, and for those of all others. */
  void freeze(Set<String> layers) {
    for (Part part : params) {
      part.tensor.learns(!layers.contains(part.segment.layer()));
    }
  }

  /** Lets the tensors lie in these vectors from now on. */
  void bind(Blocks params, Blocks statistics) {
    paramBlocks = params;
    statisticBlocks = statistics;
    for (Part part : this.params) {
      part.bind(params);
    }
    for (Part part : this.statistics) {
      part.bind(statistics);
    }
  }

  Blocks params() {
    return paramBlocks;
  }

  Blocks statistics() {
    return statisticBlocks;
  }

  /** Lets the gradients of what learns be begun anew, in this vector. */
  @SuppressWarnings("ReferenceEquality") // whether these are the very vectors that are bound
  void beginGradients(Blocks gradients) {
    if (gradients != gradientBlocks) {
      gradientBlocks = gradients;
      for (Part part : params) {
        part.bindGradient(gradients);
      }
    }
    for (Part part : params) {
      if (part.tensor.learns()) {
        part.tensor.forgetGradient();
      }
    }
  }

  /** Before a pass. */
  void begin() {
    for (Part part : params) {
      read(part, paramBlocks);
    }
    for (Part part : statistics) {
      read(part, statisticBlocks);
    }
  }

  private static void read(Part part, Blocks blocks) {
    if (part.isSplit()) {
      blocks.read(part.segment.offset(), part.tensor.value().array(), part.size());
    }
  }

  /** After a pass that has moved statistics and made gradients. */
  void end() {
    for (Part part : statistics) {
      if (part.isSplit()) {
        statisticBlocks.write(part.segment.offset(), part.tensor.value().array(), part.size());
      }
    }
    for (Part part : params) {
      if (part.tensor.learns()) {
        endGradient(part);
      }
    }
  }

  private void endGradient(Part part) {
    float[] gradient = part.tensor.begunGradient().array();
    if (part.isSplit()) {
      gradientBlocks.write(part.segment.offset(), gradient, part.size());
    }
  }
}
