package dev.braid.worker.dl4j.conversion;

import static dev.braid.worker.Check.require;

import dev.braid.worker.dl4j.nd4j.VectorCopy;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.Recurrent;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where each tensor of our layout lies in DL4J's flat vector of parameters. DL4J keeps weights [in,
 * out] column by column, which in memory is our [out, in] row by row; only LSTM's gates,
 * embeddings, convolutions along time and the second bias of recurrent layers differ.
 */
final class TensorMap {
  /** DL4J's order of an LSTM's gates, by their numbers in ours: cell, forget, output, input. */
  private static final int[] GATES = {2, 1, 3, 0};

  private static final String LOG = BatchNormalizationParamInitializer.GLOBAL_LOG_STD;

  private final List<Piece> params = new ArrayList<>();
  private final List<Piece> statistics = new ArrayList<>();
  private final Map<String, INDArray> table;

  private TensorMap(Map<String, INDArray> table) {
    this.table = table;
  }

  /** How a piece is copied. */
  private enum Kind {
    /** As it is. */
    COPY,
    /** The order of its dimensions is reversed. */
    TRANSPOSE,
    /** Added to what is there: our two biases are one of DL4J's. */
    ADD,
    /** Our variance is the decimal logarithm of a standard deviation there. */
    LOG_DEVIATION
  }

  /**
   * A stretch of both vectors.
   *
   * @param ours its begin in ours
   * @param theirs its begin in DL4J's
   * @param rows, columns, depth its shape in ours
   */
  private record Piece(int ours, int theirs, int rows, int columns, int depth, Kind kind) {
    int size() {
      return rows * columns * depth;
    }

    Piece atZero() {
      return new Piece(0, 0, rows, columns, depth, kind);
    }

    int transposed(int i) {
      int row = i / (columns * depth);
      int column = i / depth % columns;
      return (i % depth * columns + column) * rows + row;
    }
  }

  /**
   * The map of a network.
   *
   * @param table views of DL4J's flat parameters by name
   * @throws IllegalArgumentException naming weights of another size than the plan's
   */
  static TensorMap of(NetworkPlan plan, Map<String, INDArray> table) {
    TensorMap map = new TensorMap(table);
    Map<String, Segment> segments = new HashMap<>();
    plan.layout().params().forEach(segment -> segments.put(segment.name(), segment));
    plan.layout().statistics().forEach(segment -> segments.put(segment.name(), segment));
    for (LayerPlan layer : plan.layers()) {
      for (Parameter parameter : layer.parameters()) {
        map.add(layer, parameter, segments.get(layer.nameOf(parameter)));
      }
    }
    return map;
  }

  private void add(LayerPlan plan, Parameter parameter, Segment segment) {
    Layer layer = plan.layer();
    String name = plan.node().name();
    if (layer instanceof Recurrent recurrent) {
      addRecurrent(recurrent, name, parameter.name(), segment);
      return;
    }
    if (layer instanceof Bidirectional bidirectional) {
      boolean reverse = parameter.name().endsWith("_reverse");
      addRecurrent(
          bidirectional.layer(),
          reverse ? GraphBuilding.backward(name) : GraphBuilding.forward(name),
          parameter.name().replace("_reverse", ""),
          segment);
      return;
    }
    boolean statistic =
        segment.role() == Segment.Role.MEAN || segment.role() == Segment.Role.VARIANCE;
    boolean normalises = plan.parameters().size() == 4;
    String key =
        switch (parameter.name()) {
          case "weight" -> normalises ? "gamma" : "W";
          case "bias" -> normalises ? "beta" : "b";
          case "running_mean" -> "mean";
          case "running_var" -> table.containsKey(name + "_" + LOG) ? LOG : "var";
          default -> throw new IllegalStateException("an unknown tensor " + segment.name());
        };
    List<Integer> shape = segment.shape();
    boolean transposed =
        key.equals("W")
            && (layer instanceof Embedding || isConvolution1D(plan))
            && shape.size() > 1;
    int rows = shape.get(0);
    int columns = shape.size() > 1 ? shape.get(1) : 1;
    (statistic ? statistics : params)
        .add(
            new Piece(
                (int) segment.offset(),
                offset(name, key, segment),
                rows,
                columns,
                (int) (segment.size() / rows / columns),
                transposed ? Kind.TRANSPOSE : key.equals(LOG) ? Kind.LOG_DEVIATION : Kind.COPY));
  }

  /** Whether DL4J runs it as a convolution along time, whose weights are [taps, in, out]. */
  private static boolean isConvolution1D(LayerPlan plan) {
    boolean sequence = plan.node().shape().rank() == 2;
    return sequence && (plan.layer() instanceof Convolution || plan.layer() instanceof Dense);
  }

  private void addRecurrent(Recurrent layer, String name, String parameter, Segment segment) {
    String key =
        parameter.startsWith("weight_ih") ? "W" : parameter.startsWith("weight_hh") ? "RW" : "b";
    int gates = layer.biasParts().size();
    int size = Math.toIntExact(segment.size() / gates);
    for (int gate = 0; gate < gates; gate++) {
      int from = layer instanceof Lstm ? GATES[gate] : gate;
      params.add(
          new Piece(
              (int) segment.offset() + from * size,
              offset(name, key, segment) + gate * size,
              1,
              size,
              1,
              parameter.startsWith("bias_hh") ? Kind.ADD : Kind.COPY));
    }
  }

  private int offset(String layer, String key, Segment segment) {
    INDArray theirs = table.get(layer + "_" + key);
    require(
        theirs.length() == segment.size(),
        "the network's weights '%s_%s' are %d numbers, but on this data they would be %d: the data"
            + " is not of the shape that the network was made for",
        layer,
        key,
        theirs.length(),
        segment.size());
    return Math.toIntExact(theirs.offset());
  }

  /**
   * Writes a state's parameters and running statistics into DL4J's vector, tensor by tensor: there
   * may be no room for a second state on the way.
   */
  void load(State state, INDArray theirs) {
    params.forEach(piece -> load(piece, state.params(), theirs));
    statistics.forEach(piece -> load(piece, state.statistics(), theirs));
  }

  /** Reads DL4J's vector as a state's parameters and running statistics. */
  void read(INDArray theirs, State state) {
    float[] all = new float[Math.toIntExact(theirs.length())];
    new FloatPointer(theirs.data().pointer()).get(all, 0, all.length);
    float[] ours = new float[Math.toIntExact(state.params().size())];
    paramsToOurs(all, ours);
    state.params().write(0, ours, ours.length);
    float[] statistics = new float[Math.toIntExact(state.statistics().size())];
    statisticsToOurs(all, statistics);
    state.statistics().write(0, statistics, statistics.length);
  }

  private static void load(Piece piece, Blocks ours, INDArray theirs) {
    if (piece.kind == Kind.COPY) {
      new VectorCopy(piece.theirs, piece.ours, piece.size()).load(ours, theirs);
      return;
    }
    float[] from = new float[piece.size()];
    float[] to = new float[piece.size()];
    FloatPointer pointer = new FloatPointer(theirs.data().pointer()).position(piece.theirs);
    ours.read(piece.ours, from, from.length);
    pointer.get(to, 0, to.length);
    toTheirs(List.of(piece.atZero()), from, to);
    pointer.put(to, 0, to.length);
  }

  /** Writes our parameters into DL4J's vector. */
  void paramsToTheirs(float[] ours, float[] theirs) {
    toTheirs(params, ours, theirs);
  }

  /** Reads what DL4J's vector has where our running statistics lie. */
  void statisticsToOurs(float[] theirs, float[] ours) {
    for (Piece piece : statistics) {
      System.arraycopy(theirs, piece.theirs, ours, piece.ours, piece.size());
      if (piece.kind == Kind.LOG_DEVIATION) {
        for (int i = piece.ours; i < piece.ours + piece.size(); i++) {
          ours[i] = (float) StrictMath.pow(10, 2.0 * ours[i]);
        }
      }
    }
  }

  /** Reads DL4J's parameters as ours; a recurrent layer's one bias becomes our first. */
  void paramsToOurs(float[] theirs, float[] ours) {
    for (Piece piece : params) {
      for (int i = 0; i < piece.size(); i++) {
        int at = piece.kind == Kind.TRANSPOSE ? piece.transposed(i) : i;
        ours[piece.ours + i] = piece.kind == Kind.ADD ? 0 : theirs[piece.theirs + at];
      }
    }
  }

  private static void toTheirs(List<Piece> pieces, float[] ours, float[] theirs) {
    for (Piece piece : pieces) {
      switch (piece.kind) {
        case COPY -> System.arraycopy(ours, piece.ours, theirs, piece.theirs, piece.size());
        case ADD -> {
          for (int i = 0; i < piece.size(); i++) {
            theirs[piece.theirs + i] += ours[piece.ours + i];
          }
        }
        case TRANSPOSE -> {
          for (int i = 0; i < piece.size(); i++) {
            theirs[piece.theirs + piece.transposed(i)] = ours[piece.ours + i];
          }
        }
        case LOG_DEVIATION -> {
          for (int i = 0; i < piece.size(); i++) {
            theirs[piece.theirs + i] = (float) (StrictMath.log10(ours[piece.ours + i]) / 2);
          }
        }
      }
    }
  }
}
