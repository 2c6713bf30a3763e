package dev.braid.worker.dl4j.network;

import dev.braid.worker.dl4j.nd4j.VectorCopy;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where DL4J's flat parameters lie in a {@link State}: batch normalisation's running means and
 * variances go to its statistics, all else to its parameters, in DL4J's order.
 */
final class ParamLayout {
  private final StateLayout layout;
  private final List<VectorCopy> params;
  private final List<VectorCopy> statistics;

  private ParamLayout(StateLayout layout, List<VectorCopy> params, List<VectorCopy> statistics) {
    this.layout = layout;
    this.params = params;
    this.statistics = statistics;
  }

  /**
   * @param table views of the flat parameters by name
   */
  static ParamLayout of(Map<String, INDArray> table) {
    List<Segment> params = new ArrayList<>();
    List<Segment> statistics = new ArrayList<>();
    List<VectorCopy> fromParams = new ArrayList<>();
    List<VectorCopy> fromStatistics = new ArrayList<>();
    List<Map.Entry<String, INDArray>> views = new ArrayList<>(table.entrySet());
    views.sort(Comparator.comparingLong(view -> view.getValue().offset()));
    for (Map.Entry<String, INDArray> view : views) {
      Segment.Role role = role(view.getKey(), table);
      boolean trained = role == Segment.Role.WEIGHT || role == Segment.Role.BIAS;
      add(view, role, trained ? params : statistics, trained ? fromParams : fromStatistics);
    }
    return new ParamLayout(new StateLayout(params, statistics), fromParams, fromStatistics);
  }

  private static void add(
      Map.Entry<String, INDArray> view,
      Segment.Role role,
      List<Segment> segments,
      List<VectorCopy> transfers) {
    long offset = segments.isEmpty() ? 0 : end(segments.get(segments.size() - 1));
    INDArray array = view.getValue();
    List<Integer> shape = new ArrayList<>();
    Arrays.stream(array.shape()).forEach(size -> shape.add(Math.toIntExact(size)));
    if (array.ordering() == 'f') {
      Collections.reverse(shape); // column by column is row by row of the transposed
    }
    segments.add(new Segment(view.getKey(), shape, offset, role));
    transfers.add(new VectorCopy(array.offset(), offset, array.length()));
  }

  private static long end(Segment segment) {
    return segment.offset() + segment.size();
  }

  private static Segment.Role role(String key, Map<String, INDArray> table) {
    int split = key.lastIndexOf('_') + 1;
    String layer = key.substring(0, split);
    String name = key.substring(split);
    boolean normalises = table.containsKey(layer + BatchNormalizationParamInitializer.GLOBAL_MEAN);
    return switch (name) {
      case BatchNormalizationParamInitializer.GLOBAL_MEAN -> Segment.Role.MEAN;
      case BatchNormalizationParamInitializer.GLOBAL_VAR ->
          normalises ? Segment.Role.VARIANCE : Segment.Role.WEIGHT;
      case BatchNormalizationParamInitializer.GLOBAL_LOG_STD ->
          normalises ? Segment.Role.LOG_DEVIATION : Segment.Role.WEIGHT;
      case DefaultParamInitializer.BIAS_KEY,
          BatchNormalizationParamInitializer.GAMMA,
          BatchNormalizationParamInitializer.BETA ->
          Segment.Role.BIAS;
      default -> Segment.Role.WEIGHT;
    };
  }

  /** Which tensor lies where in the state. */
  StateLayout layout() {
    return layout;
  }

  /** Copies a state's parameters and statistics into DL4J's. */
  void load(State state, INDArray flat) {
    load(params, state.params(), flat);
    load(statistics, state.statistics(), flat);
  }

  private static void load(List<VectorCopy> transfers, Blocks ours, INDArray flat) {
    transfers.forEach(transfer -> transfer.load(ours, flat));
  }

  /** Copies DL4J's parameters into a state's parameters and statistics. */
  void read(INDArray flat, State state) {
    read(params, flat, state.params());
    read(statistics, flat, state.statistics());
  }

  private static void read(List<VectorCopy> transfers, INDArray flat, Blocks ours) {
    transfers.forEach(transfer -> transfer.read(flat, ours));
  }
}
