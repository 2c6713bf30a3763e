package dev.braid.worker.torch;

import java.util.Map;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.MethodOptional;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.graph_node_list_iterator;
import org.bytedeco.pytorch.module_iterator;

/**
 * Gives a traced module its training and inference modes back. Tracing writes down whether batch
 * normalisation and dropout were in training mode as a constant, so that {@code train()} and {@code
 * eval()} change nothing any more; here they read the module's mode again, as in a scripted one.
 */
final class TracedModes {
  private static final String MODE = "training";
  private static final String BATCH_NORM = "aten::batch_norm";
  private static final int RUNNING_MEAN_AT = 3;

  /** Which input of an operation says whether it is in training mode. */
  private static final Map<String, Integer> MODE_AT =
      Map.of(
          BATCH_NORM,
          5,
          "aten::dropout",
          2,
          "aten::dropout_",
          2,
          "aten::feature_dropout",
          2,
          "aten::feature_dropout_",
          2,
          "aten::alpha_dropout",
          2,
          "aten::alpha_dropout_",
          2,
          "aten::feature_alpha_dropout",
          2,
          "aten::feature_alpha_dropout_",
          2);

  private TracedModes() {}

  /** Changes the code of {@code module} and of all modules within; before its first run. */
  static void restore(JitModule module) {
    module_iterator modules = module.modules().begin();
    module_iterator end = module.modules().end();
    for (; modules.notEquals(end); modules.increment()) {
      JitModule part = modules.multiply();
      if (part.hasattr(MODE)) {
        restoreMethods(part);
      }
    }
  }

  /** A module that is used several times has been traced as forward, forward1, forward2, ... */
  private static void restoreMethods(JitModule part) {
    MethodOptional method = part.find_method("forward");
    for (int i = 1; method.has_value(); i++) {
      Graph graph = method.get().graph();
      restore(graph, graph.block());
      method = part.find_method("forward" + i);
    }
  }

  private static void restore(Graph graph, Block block) {
    graph_node_list_iterator nodes = block.nodes().begin();
    graph_node_list_iterator end = block.nodes().end();
    for (; !nodes.multiply().equals(end.multiply()); nodes.increment()) {
      JitNode node = nodes.multiply();
      BlockArrayRef blocks = node.blocks();
      for (long i = 0; i < blocks.size(); i++) {
        restore(graph, blocks.at(i));
      }
      Integer at = MODE_AT.get(node.kind().toQualString().getString());
      if (at != null && isWrittenDown(node, at)) {
        graph.setInsertPoint(node);
        Value self = graph.inputs().at(0);
        node.replaceInput(at, graph.insertGetAttr(self, MODE));
      }
    }
  }

  /** Batch normalisation without running statistics uses the mini-batch's in both modes. */
  private static boolean isWrittenDown(JitNode node, int at) {
    boolean always =
        node.kind().toQualString().getString().equals(BATCH_NORM)
            && node.input(RUNNING_MEAN_AT).mustBeNone();
    return !always && torch.toIValue(node.input(at)).has_value();
  }
}
