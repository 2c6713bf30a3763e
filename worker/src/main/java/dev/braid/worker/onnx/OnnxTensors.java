package dev.braid.worker.onnx;

import static dev.braid.worker.Check.require;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What goes into an ONNX network and comes out of it, of the types that floats stand for. */
final class OnnxTensors {
  private static final Set<OnnxJavaType> INPUTS =
      Set.of(OnnxJavaType.FLOAT, OnnxJavaType.DOUBLE, OnnxJavaType.INT64, OnnxJavaType.INT32);

  private static final Set<OnnxJavaType> OUTPUTS = Set.of(OnnxJavaType.FLOAT, OnnxJavaType.DOUBLE);

  /** How the entry of a tensor begins that names the file its numbers lie in. */
  private static final byte[] LOCATION = "\n\blocation\022".getBytes(StandardCharsets.ISO_8859_1);

  private OnnxTensors() {}

  /**
   * The input's type and shape.
   *
   * @throws IllegalArgumentException when numbers cannot be given to it
   */
  static TensorInfo requireInput(NodeInfo node) {
    require(
        node.getInfo() instanceof TensorInfo tensor && INPUTS.contains(tensor.type),
        "the model's input '%s' is %s; a tensor of float, double, int64 or int32 is needed",
        node.getName(),
        describe(node.getInfo()));
    return (TensorInfo) node.getInfo();
  }

  /**
   * Checks that an output is of numbers.
   *
   * @param outputs all the model has, to say which would do
   */
  static void requireOutput(String name, Map<String, NodeInfo> outputs) {
    ValueInfo info = outputs.get(name).getInfo();
    require(
        !(info instanceof SequenceInfo),
        "the model's output '%s' is %s, as scikit-learn's converter makes by ZipMap; convert the"
            + " model without it: to_onnx(model, X, options={\"zipmap\": False})",
        name,
        describe(info));
    String others =
        outputs.values().stream()
            .filter(output -> isNumbers(output.getInfo()))
            .map(output -> output.getName() + " (" + describe(output.getInfo()) + ")")
            .collect(Collectors.joining(", "));
    require(
        isNumbers(info),
        "the model's output '%s' is %s; a tensor of float or double is needed; %s",
        name,
        describe(info),
        others.isEmpty()
            ? "the model has no such output"
            : "say by foreign.output which to take: " + others);
  }

  private static boolean isNumbers(ValueInfo info) {
    return info instanceof TensorInfo tensor && OUTPUTS.contains(tensor.type);
  }

  private static String describe(ValueInfo info) {
    if (info instanceof TensorInfo tensor) {
      return tensor.type.name().toLowerCase(Locale.ROOT) + " " + Arrays.toString(tensor.getShape());
    }
    return info instanceof SequenceInfo ? "a list of maps or tensors" : "no tensor";
  }

  /**
   * A tensor of a type.
   *
   * @throws IllegalArgumentException when the type is one of whole numbers and {@code values} are
   *     others
   */
  static OnnxTensor of(OrtEnvironment environment, float[] values, long[] shape, OnnxJavaType type)
      throws OrtException {
    return switch (type) {
      case DOUBLE -> {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
          doubles[i] = values[i];
        }
        yield OnnxTensor.createTensor(environment, DoubleBuffer.wrap(doubles), shape);
      }
      case INT64 -> {
        long[] longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = whole(values[i], type);
        }
        yield OnnxTensor.createTensor(environment, LongBuffer.wrap(longs), shape);
      }
      case INT32 -> {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
          ints[i] = whole(values[i], type);
        }
        yield OnnxTensor.createTensor(environment, IntBuffer.wrap(ints), shape);
      }
      default -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    };
  }

  private static int whole(float value, OnnxJavaType type) {
    int whole = (int) value;
    require(
        whole == value,
        "the model's input is %s, but %s is no whole number; export the model with a float input,"
            + " or take columns of whole numbers",
        type.name().toLowerCase(Locale.ROOT),
        value);
    return whole;
  }

  /** The numbers of an answer. */
  static float[] floats(OnnxTensor answer) {
    if (answer.getInfo().type == OnnxJavaType.DOUBLE) {
      DoubleBuffer doubles = answer.getDoubleBuffer();
      float[] values = new float[doubles.remaining()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) doubles.get(i);
      }
      return values;
    }
    FloatBuffer floats = answer.getFloatBuffer();
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }

  /** The name of a file beside the model in which some of its numbers lie. */
  static Optional<String> externalFile(byte[] model) {
    for (int at = 0; at + LOCATION.length < model.length; at++) {
      int end = at + LOCATION.length;
      if (Arrays.equals(model, at, end, LOCATION, 0, LOCATION.length)) {
        int length = Math.min(model[end] & 0x7F, model.length - end - 1);
        ByteBuffer name = ByteBuffer.wrap(model, end + 1, length);
        return Optional.of(StandardCharsets.UTF_8.decode(name).toString());
      }
    }
    return Optional.empty();
  }
}
