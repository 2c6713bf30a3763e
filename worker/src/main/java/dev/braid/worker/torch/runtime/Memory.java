package dev.braid.worker.torch.runtime;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Parameters and running statistics, each one flat native vector; the tensors that layers use are
 * views into them, so that loading a state is one copy.
 */
public final class Memory {
  private final StateLayout layout;
  private final Precision precision;
  private final Tensor params;
  private final Tensor statistics;
  private final Map<String, Tensor> views = new HashMap<>();
  private final TensorVector leaves = new TensorVector();
  private List<Segment> learning;
  private TensorVector learningLeaves = leaves;
  private final DoublePointer doubleParams;

  public Memory(StateLayout layout, Precision precision) {
    this.layout = layout;
    this.learning = layout.params();
    this.precision = precision;
    TensorOptions options = new TensorOptions(precision.type());
    params = torch.zeros(new long[] {layout.numParams()}, options);
    doubleParams = precision == Precision.DOUBLE ? params.data_ptr_double() : null;
    statistics = torch.zeros(new long[] {layout.numStatistics()}, options);
    for (Segment segment : layout.params()) {
      Tensor leaf = view(params, segment).detach().set_requires_grad(true);
      views.put(segment.name(), leaf);
      leaves.push_back(leaf);
    }
    for (Segment segment : layout.statistics()) {
      views.put(segment.name(), view(statistics, segment));
    }
  }

  private static Tensor view(Tensor flat, Segment segment) {
    long[] shape = segment.shape().stream().mapToLong(Integer::longValue).toArray();
    return flat.narrow(0, segment.offset(), segment.size()).view(shape);
  }

  /** The tensor of this name in the layout. */
  public Tensor tensor(String name) {
    return views.get(name);
  }

  /**
   * Takes no gradients of these layers' parameters any more, and gradients of all others.
   *
   * @return what is to be closed with this memory
   */
  public Pointer freeze(Set<String> layers) {
    learning = new ArrayList<>();
    learningLeaves = new TensorVector();
    for (Segment segment : layout.params()) {
      boolean learns = !layers.contains(segment.layer());
      Tensor leaf = views.get(segment.name());
      leaf.set_requires_grad(learns);
      if (learns) {
        learning.add(segment);
        learningLeaves.push_back(leaf);
      }
    }
    return learningLeaves;
  }

  /** The parameters that are not frozen, in the layout's order: what gradients are taken of. */
  public TensorVector learningLeaves() {
    return learningLeaves;
  }

  /** All parameters, in the layout's order. */
  public TensorVector leaves() {
    return leaves;
  }

  public void loadParams(Blocks source) {
    write(source, params);
  }

  public void loadStatistics(Blocks source) {
    write(source, statistics);
  }

  void readParams(Blocks target) {
    read(params, target);
  }

  public void readStatistics(Blocks target) {
    read(statistics, target);
  }

  private void read(Tensor source, Blocks target) {
    for (int i = 0; i < target.count(); i++) {
      precision.read(
          source, (long) i * Blocks.BLOCK_SIZE, target.block(i), 0, target.block(i).length);
    }
  }

  private void write(Blocks source, Tensor target) {
    for (int i = 0; i < source.count(); i++) {
      precision.write(
          target, (long) i * Blocks.BLOCK_SIZE, source.block(i), 0, source.block(i).length);
    }
  }

  /** Copies the gradients of the {@link #learningLeaves} to where their parameters lie. */
  public void readGradients(TensorVector gradients, Blocks target) {
    for (int i = 0; i < learning.size(); i++) {
      readGradient(gradients.get(i).contiguous(), learning.get(i), target);
    }
  }

  private void readGradient(Tensor gradient, Segment segment, Blocks target) {
    long size = segment.size();
    long done = 0;
    while (done < size) {
      long at = segment.offset() + done;
      int within = (int) (at % Blocks.BLOCK_SIZE);
      int part = (int) Math.min(size - done, Blocks.BLOCK_SIZE - within);
      float[] block = target.block((int) (at / Blocks.BLOCK_SIZE));
      precision.read(gradient, done, block, within, part);
      done += part;
    }
  }

  /** The flat parameters themselves, in double precision. */
  public DoublePointer doubleParams() {
    return doubleParams;
  }

  /** The gradients of the {@link #leaves}, in double precision, [numParams]. */
  public double[] doubleGradients(TensorVector gradients) {
    double[] result = new double[Math.toIntExact(layout.numParams())];
    for (int i = 0; i < layout.params().size(); i++) {
      Segment segment = layout.params().get(i);
      gradients
          .get(i)
          .contiguous()
          .data_ptr_double()
          .get(result, (int) segment.offset(), (int) segment.size());
    }
    return result;
  }
}
