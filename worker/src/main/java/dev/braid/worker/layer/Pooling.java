package dev.braid.worker.layer;

import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Window;
import java.util.List;

/** A layer that makes one number of those under a window, for each channel. */
public sealed interface Pooling extends Layer permits MaxPooling, AveragePooling {
  /** Size of the window, one number for all dimensions or one for each. */
  List<Integer> kernel();

  /** How far the window moves. */
  List<Integer> stride();

  /** Less than the kernel, so that each window has data under it. */
  Padding padding();

  /** How the window moves along each dimension. */
  default List<Window> windows(Node node) {
    return Window.overData(node, kernel(), stride(), padding());
  }

  @Override
  default AlongTime alongTime() {
    return AlongTime.ACROSS;
  }

  @Override
  default int[] steps(Node node, List<int[]> sources) {
    return Window.steps(node, windows(node), sources);
  }

  @Override
  default LayerPlan plan(Node node) {
    int channels = Window.slidable(node).channels();
    return new LayerPlan(this, node, Window.result(node, windows(node), channels));
  }
}
