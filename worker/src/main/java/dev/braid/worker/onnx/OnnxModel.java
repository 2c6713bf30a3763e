package dev.braid.worker.onnx;

import static dev.braid.worker.Check.require;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
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
  private final OnnxJavaType inputType;
  private final String output;
  private final List<Integer> example;
  private final int numOutputs;
  private final ModelFacts facts;

  /** A batch's place in the shapes ONNX gives; -1 where any size will do. */
  private final long fixedBatch;

  OnnxModel(byte[] file, ForeignSettings settings) {
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
      TensorInfo info = OnnxTensors.requireInput(inputs.get(input));
      inputType = info.type;
      long[] shape = info.getShape();
      fixedBatch = shape.length == 0 ? -1 : shape[0]; // a file may leave open even how many sizes
      example = example(shape, settings);
      numOutputs = numOutputs(example);
      facts = ModelFacts.foreign(settings, example, numOutputs, ModelBytes.sha256(file));
    } catch (OrtException e) {
      throw unreadable(file, e);
    }
  }

  private static IllegalArgumentException unreadable(byte[] file, OrtException e) {
    return new WrongSettings(
        OnnxTensors.externalFile(file)
            .map(
                beside ->
                    ("the model's weights lie in a file of their own, '%s', which is not read; save"
                            + " it as one file: onnx.save_model(onnx.load(\"model.onnx\"),"
                            + " \"one.onnx\", save_as_external_data=False)")
                        .formatted(beside))
            .orElse("not an ONNX file that ONNX Runtime can read: " + e.getMessage()),
        e);
  }

  /** The output of this name, or the first. */
  private String output(String wanted) throws OrtException {
    List<String> names = List.copyOf(session.getOutputNames());
    require(
        wanted == null || names.contains(wanted),
        "the model has no output '%s'%s; outputs: %s",
        wanted,
        wanted == null ? "" : Spelling.suggestion(wanted, names),
        names);
    String name = wanted == null ? session.getOutputNames().iterator().next() : wanted;
    OnnxTensors.requireOutput(name, session.getOutputInfo());
    return name;
  }

  /** The shape of one example. */
  private static List<Integer> example(long[] shape, ForeignSettings settings) {
    if (settings.inputShape() != null) {
      return settings.inputShape();
    }
    long[] sizes = Arrays.stream(shape).skip(1).toArray();
    require(
        shape.length > 0 && Arrays.stream(sizes).allMatch(size -> size > 0),
        "the model leaves sizes of its input open: %s; set foreign.inputShape to those of one"
            + " example",
        Arrays.toString(shape));
    return LongStream.of(sizes).mapToObj(Math::toIntExact).toList();
  }

  /**
   * By trying, as ONNX files often leave the sizes of outputs open: with two numbers of rows, so
   * that an output which has another dimension first is found out.
   */
  private int numOutputs(List<Integer> example) {
    int width = example.stream().reduce(1, Math::multiplyExact);
    int numOutputs = 0;
    for (int size : fixedBatch > 0 ? new int[] {Math.toIntExact(fixedBatch)} : new int[] {2, 3}) {
      numOutputs = run(new float[size * width], size, example).length / size;
      require(numOutputs > 0, "the model's output '%s' gives no numbers at all", output);
    }
    return numOutputs;
  }

  private float[] run(float[] inputs, int size, List<Integer> example) {
    long[] shape =
        LongStream.concat(LongStream.of(size), example.stream().mapToLong(Integer::longValue))
            .toArray();
    try (OnnxTensor tensor = OnnxTensors.of(environment, inputs, shape, inputType);
        OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
      OnnxTensor answer = (OnnxTensor) result.get(0);
      long[] given = answer.getInfo().getShape();
      require(
          given.length > 0 && given[0] == size,
          "the model's output '%s' has the shape %s for %d rows: its first dimension must be the"
              + " rows'; export the model with the batch as first dimension of input and output%s",
          output,
          Arrays.toString(given),
          size,
          session.getNumOutputs() > 1 ? ", or name another of its outputs by foreign.output" : "");
      return OnnxTensors.floats(answer);
    } catch (OrtException e) {
      throw new WrongSettings("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  /** Answers to a batch; where the model takes batches of one size only, in such, filled up. */
  private float[] answer(int size, float[] inputs) {
    if (fixedBatch <= 0 || fixedBatch == size) {
      return run(inputs, size, example);
    }
    int part = Math.toIntExact(fixedBatch);
    int width = inputs.length / size;
    float[] answers = new float[size * numOutputs];
    for (int from = 0; from < size; from += part) {
      int rows = Math.min(part, size - from);
      float[] padded =
          Arrays.copyOf(
              Arrays.copyOfRange(inputs, from * width, (from + rows) * width), part * width);
      System.arraycopy(
          run(padded, part, example), 0, answers, from * numOutputs, rows * numOutputs);
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
    public float[][] answer(MiniBatch batch) {
      return new float[][] {OnnxModel.this.answer(batch.size(), batch.inputs()[0])};
    }

    @Override
    public void close() {}
  }
}
