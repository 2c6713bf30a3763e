package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.MethodOptional;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.TypeKind;
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

  private static final int MOMENTUM_AT = 6;
  private static final String INSTANCE_NORM = "aten::instance_norm";

  /** Which input of an operation says whether it is in training mode. */
  private static final Map<String, Integer> MODE_AT =
      Map.ofEntries(
          Map.entry(BATCH_NORM, 5),
          Map.entry(INSTANCE_NORM, 5),
          Map.entry("aten::dropout", 2),
          Map.entry("aten::dropout_", 2),
          Map.entry("aten::feature_dropout", 2),
          Map.entry("aten::feature_dropout_", 2),
          Map.entry("aten::alpha_dropout", 2),
          Map.entry("aten::alpha_dropout_", 2),
          Map.entry("aten::feature_alpha_dropout", 2),
          Map.entry("aten::feature_alpha_dropout_", 2),
          Map.entry("aten::native_dropout", 2),
          Map.entry("aten::rrelu", 3),
          Map.entry("aten::rrelu_", 3));

  /** Recurrent layers of PyTorch's, of which the mode stands behind the rate of dropout. */
  private static final Set<String> RECURRENT =
      Set.of("aten::lstm", "aten::gru", "aten::rnn_tanh", "aten::rnn_relu");

  private static final List<Integer> RECURRENT_MODE_AT = List.of(6, 7);

  private TracedModes() {}

  /**
   * Changes the code of {@code module} and of all modules within; before its first run.
   *
   * @param learns whether it will be trained, and not only be asked
   * @throws IllegalArgumentException if it is to learn what tracing has lost
   */
  static void restore(JitModule module, boolean learns) {
    module_iterator modules = module.modules().begin();
    module_iterator end = module.modules().end();
    for (; modules.notEquals(end); modules.increment()) {
      JitModule part = modules.multiply();
      if (part.hasattr(MODE)) {
        restoreMethods(part, learns);
      }
    }
  }

  /** A module that is used several times has been traced as forward, forward1, forward2, ... */
  private static void restoreMethods(JitModule part, boolean learns) {
    MethodOptional method = part.find_method("forward");
    for (int i = 1; method.has_value(); i++) {
      Graph graph = method.get().graph();
      restore(graph, graph.block(), learns);
      method = part.find_method("forward" + i);
    }
  }

  private static void restore(Graph graph, Block block, boolean learns) {
    graph_node_list_iterator nodes = block.nodes().begin();
    graph_node_list_iterator end = block.nodes().end();
    for (; !nodes.multiply().equals(end.multiply()); nodes.increment()) {
      JitNode node = nodes.multiply();
      BlockArrayRef blocks = node.blocks();
      for (long i = 0; i < blocks.size(); i++) {
        restore(graph, blocks.at(i), learns);
      }
      int at = modeAt(node);
      if (at >= 0 && isWrittenDown(node, at)) {
        if (learns) {
          requireMomentum(node);
        }
        graph.setInsertPoint(node);
        Value self = graph.inputs().at(0);
        node.replaceInput(at, graph.insertGetAttr(self, MODE));
      }
    }
  }

  /** Which of the node's inputs is its mode; -1 where it has none. */
  private static int modeAt(JitNode node) {
    String kind = kind(node);
    if (!RECURRENT.contains(kind)) {
      return MODE_AT.getOrDefault(kind, -1);
    }
    for (int at : RECURRENT_MODE_AT) { // packed sequences have one input more in front
      if (node.input(at).type().get().kind().intern() == TypeKind.BoolType) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Of {@code momentum=None} tracing writes down the share of the first mini-batch or of none.
   *
   * @throws IllegalArgumentException when that may have happened
   */
  private static void requireMomentum(JitNode node) {
    if (!kind(node).equals(BATCH_NORM)) {
      return;
    }
    IValueOptional momentum = torch.toIValue(node.input(MOMENTUM_AT));
    boolean isLost =
        momentum.has_value()
            && momentum.get().isDouble()
            && (momentum.get().toDouble() == 0 || momentum.get().toDouble() == 1);
    require(
        !isLost,
        "batch normalisation of the TorchScript module was traced with momentum=None (or 0 or 1),"
            + " of which tracing loses the count of mini-batches; give it a momentum in PyTorch, or"
            + " script the module");
  }

  private static String kind(JitNode node) {
    return node.kind().toQualString().getString();
  }

  /** Normalisation without running statistics uses the mini-batch's in both modes. */
  private static boolean isWrittenDown(JitNode node, int at) {
    boolean normalises = kind(node).equals(BATCH_NORM) || kind(node).equals(INSTANCE_NORM);
    boolean always = normalises && node.input(RUNNING_MEAN_AT).mustBeNone();
    return !always && torch.toIValue(node.input(at)).has_value();
  }
}
