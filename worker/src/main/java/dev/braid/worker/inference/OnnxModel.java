package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.braid.worker.Nearest;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.metric.Metrics;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A network in an ONNX file on ONNX Runtime. Its session may be asked by many threads at once, each
 * of which computes by itself.
 */
final class OnnxModel implements LoadedModel {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final String input;
  private final String output;
  private final ModelFacts facts;

  /** A batch's place in the shapes ONNX gives; -1 where any size will do. */
  private final long fixedBatch;

  OnnxModel(byte[] file, String sha256, ForeignSettings settings) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1); // the cores are used by tasks
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      session = environment.createSession(file, options);
      Map<String, NodeInfo> inputs = session.getInputInfo();
      require(
          inputs.size() == 1,
          "the model has %d inputs %s; only models with one can be applied",
          inputs.size(),
          inputs.keySet());
      output = output(settings.output());
      input = inputs.keySet().iterator().next();
      long[] shape = shape(inputs.get(input), "input");
      fixedBatch = shape[0];
      facts = facts(shape, sha256, settings);
    } catch (OrtException e) {
      throw new IllegalArgumentException(
          "not an ONNX file that ONNX Runtime can read: " + e.getMessage(), e);
    }
  }

  /** The output of this name, or the first. */
  private String output(String wanted) {
    List<String> names = List.copyOf(session.getOutputNames());
    require(
        wanted == null || names.contains(wanted),
        "the model has no output '%s'%s; outputs: %s",
        wanted,
        wanted == null ? "" : Nearest.suggestion(wanted, names),
        names);
    return wanted == null ? session.getOutputNames().iterator().next() : wanted;
  }

  private ModelFacts facts(long[] shape, String sha256, ForeignSettings settings)
      throws OrtException {
    List<Integer> example = settings.inputShape();
    if (example == null) {
      long[] sizes = Arrays.copyOfRange(shape, 1, shape.length);
      require(
          Arrays.stream(sizes).allMatch(size -> size > 0),
          "the model leaves sizes of its input open: %s; set foreign.inputShape to those of one"
              + " example",
          Arrays.toString(shape));
      example = LongStream.of(sizes).mapToObj(Math::toIntExact).toList();
    }
    int numOutputs = numOutputs(example);
    boolean classes = settings.classes() != null;
    return new ModelFacts(
        example,
        new Normaliser(new float[] {0}, new float[] {settings.inputScale()}, 1),
        classes ? Answer.CLASSES : Answer.NUMBERS,
        0,
        numOutputs,
        classes ? settings.classes() : List.of(),
        classes ? Metrics.classification(numOutputs).toBytes() : new byte[0],
        sha256);
  }

  /** By trying: ONNX files often leave the sizes of outputs open. */
  private int numOutputs(List<Integer> example) {
    int size = fixedBatch > 0 ? Math.toIntExact(fixedBatch) : 1;
    int width = example.stream().reduce(1, Math::multiplyExact);
    return run(new float[size * width], size, example).length / size;
  }

  private static long[] shape(NodeInfo node, String what) {
    require(
        node.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT,
        "the model's %s '%s' is %s; floats are needed",
        what,
        node.getName(),
        node.getInfo());
    return ((TensorInfo) node.getInfo()).getShape();
  }

  private float[] run(float[] inputs, int size, List<Integer> example) {
    long[] shape =
        LongStream.concat(LongStream.of(size), example.stream().mapToLong(Integer::longValue))
            .toArray();
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(inputs), shape);
        OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
      require(
          result.get(0) instanceof OnnxTensor answer && answer.getInfo().type == OnnxJavaType.FLOAT,
          "the model's output is %s; floats are needed",
          result.get(0).getInfo());
      FloatBuffer answers = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[answers.remaining()];
      answers.get(values);
      return values;
    } catch (OrtException e) {
      throw new IllegalArgumentException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  /** Answers to a batch; where the model takes batches of one size only, in such, filled up. */
  private float[] answer(int size, float[] inputs) {
    if (fixedBatch <= 0 || fixedBatch == size) {
      return run(inputs, size, facts.inputShape());
    }
    int part = Math.toIntExact(fixedBatch);
    int width = facts.inputWidth();
    float[] answers = new float[size * facts.numOutputs()];
    for (int from = 0; from < size; from += part) {
      int rows = Math.min(part, size - from);
      float[] padded =
          Arrays.copyOf(
              Arrays.copyOfRange(inputs, from * width, (from + rows) * width), part * width);
      System.arraycopy(
          run(padded, part, facts.inputShape()),
          0,
          answers,
          from * facts.numOutputs(),
          rows * facts.numOutputs());
    }
    return answers;
  }

  @Override
  public ModelFacts facts() {
    return facts;
  }

  @Override
  public Predictor predictor() {
    return new Asked();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  private final class Asked implements Predictor {
    @Override
    public float[] answer(int size, float[] inputs) {
      return OnnxModel.this.answer(size, inputs);
    }

    @Override
    public void close() {}
  }
}
