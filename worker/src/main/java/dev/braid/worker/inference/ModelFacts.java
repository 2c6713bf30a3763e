package dev.braid.worker.inference;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelDescription.Input;
import dev.braid.worker.model.ModelDescription.Labels;
import dev.braid.worker.model.Reference;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.MetricOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What has to be known of a model to ask it and to read its outputs.
 *
 * @param inputs what it reads
 * @param outputs what its numbers mean
 * @param sha256 of the model, 64 hexadecimal digits
 * @param reference what its inputs and answers were like in training; null where not known
 */
public record ModelFacts(
    List<Input> inputs, List<Output> outputs, String sha256, Reference reference)
    implements Serializable {
  /** The name of an only input or output of files that name none. */
  private static final String INPUT = "input";

  private static final String OUTPUT = "output";

  /** Inputs up to this width have a mean for each of their numbers. */
  private static final int MAX_MEANS = 1024;

  public ModelFacts {
    inputs = new ArrayList<>(inputs); // sublists and the like do not travel
    outputs = new ArrayList<>(outputs);
  }

  /**
   * What the numbers of an output mean.
   *
   * @param name as the network calls it
   * @param shape of an answer
   * @param decoder what they say
   * @param labels what they can be compared with
   * @param blankMetrics {@link Metrics} that have counted nothing, as bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes to be sent; nobody compares them
  public record Output(
      String name, Shape shape, Decoder decoder, Labels labels, byte[] blankMetrics)
      implements Serializable {

    /** Of an output of a network. */
    static Output of(OutputPlan plan, Labels labels) {
      return new Output(
          plan.name(),
          plan.shape(),
          labels.task().decoder(plan, labels.classes()),
          labels,
          labels.task().metrics(plan, labels.classes(), MetricOptions.NONE).toBytes());
    }

    /**
     * The answer to one example of a batch, without padding.
     *
     * @param numbers of the whole batch
     * @param steps of each example's answer; null where these are always as many
     */
    public float[] answer(float[] numbers, int size, int example, int[] steps) {
      int width = numbers.length / size;
      int own = steps == null ? width : steps[example] * shape.stepSize();
      return Arrays.copyOfRange(numbers, example * width, example * width + own);
    }

    /** How many steps the numbers of an answer have; 1 where these are always as many. */
    public int steps(float[] numbers) {
      return shape.isRagged() ? numbers.length / shape.stepSize() : 1;
    }
  }

  /** What is known of a model that is not Braid's, and that gives so many numbers. */
  public static ModelFacts foreign(
      ForeignSettings settings, List<Integer> shape, int numOutputs, String sha256) {
    float[] scale = {settings.inputScale()};
    Normaliser normaliser = new Normaliser(new float[] {0}, scale, 1);
    return new ModelFacts(
        List.of(new Input(INPUT, new Shape(shape), normaliser)),
        List.of(output(settings.classes(), numOutputs)),
        sha256,
        null);
  }

  private static Output output(List<String> classes, int numOutputs) {
    boolean named = classes != null;
    require(
        !named || classes.size() == numOutputs,
        "the model gives %d numbers, but %d classes are named",
        numOutputs,
        named ? classes.size() : 0);
    Loss loss = Loss.named(named ? "crossEntropy" : "meanSquared");
    dev.braid.worker.layer.Output layer =
        dev.braid.worker.layer.Output.of(loss, numOutputs, OUTPUT);
    OutputPlan plan = OutputPlan.of(OUTPUT, 0, layer, Shape.of(numOutputs), null);
    Labels labels = Labels.numbered(plan);
    return Output.of(plan, named ? new Labels(labels.task(), labels.width(), classes) : labels);
  }

  /** The shapes of the inputs, in their order. */
  public List<Shape> shapes() {
    return inputs.stream().map(ModelDescription.Input::shape).toList();
  }

  /** Names of the inputs, in their order. */
  public List<String> inputNames() {
    return inputs.stream().map(ModelDescription.Input::name).toList();
  }

  /** Names of the outputs, in their order. */
  public List<String> outputNames() {
    return outputs.stream().map(Output::name).toList();
  }

  /** What an output's columns and metrics are called after: nothing where there is but one. */
  public String prefix(Output output) {
    return outputs.size() == 1 ? "" : output.name() + ".";
  }

  /** How many means are taken of all inputs. */
  public int numInputMeans() {
    return shapes().stream().mapToInt(ModelFacts::numMeans).sum();
  }

  /**
   * How many means are taken of an input: one for each number, or one where there are many or each
   * example has its own number of steps.
   */
  public static int numMeans(Shape input) {
    return isOfMany(input) ? 1 : input.size();
  }

  private static boolean isOfMany(Shape input) {
    return input.isRagged() || input.size() > MAX_MEANS;
  }

  /** Adds the raw inputs of an example to the sums of which the means are taken. */
  public void addInputs(double[] sums, float[][] example) {
    int from = 0;
    for (int i = 0; i < example.length; i++) {
      int means = numMeans(inputs.get(i).shape());
      if (!isOfMany(inputs.get(i).shape())) {
        for (int k = 0; k < means; k++) {
          sums[from + k] += example[i][k];
        }
      } else {
        sums[from] += mean(example[i]);
      }
      from += means;
    }
  }

  private static double mean(float[] numbers) {
    double sum = 0;
    for (float number : numbers) {
      sum += number;
    }
    return sum / numbers.length;
  }

  /** How many sums are kept of the answers of all outputs. */
  public int numPredictions() {
    return outputs.stream().mapToInt(output -> output.decoder.sums().size()).sum();
  }

  /** Per output sums over no answers yet. */
  public double[][] newSums() {
    return outputs.stream()
        .map(output -> new double[output.decoder.sums().size()])
        .toArray(double[][]::new);
  }

  /**
   * Adds an example's answers to the sums.
   *
   * @param sums per output
   * @param answers per output its numbers, without padding
   */
  public void addPredictions(double[][] sums, float[][] answers) {
    for (int i = 0; i < answers.length; i++) {
      outputs.get(i).decoder.add(answers[i], outputs.get(i).steps(answers[i]), sums[i]);
    }
  }

  /** Per input where its sums lie among those of all. */
  public List<InputSums> inputSums() {
    List<InputSums> sums = new ArrayList<>();
    int from = 0;
    for (Input input : inputs) {
      sums.add(new InputSums(input, from, from + numMeans(input.shape())));
      from += numMeans(input.shape());
    }
    return sums;
  }

  /**
   * The part of the sums of inputs that is of one input.
   *
   * @param input whose they are
   * @param from the first one's place
   * @param to the place behind the last one
   */
  public record InputSums(Input input, int from, int to) {
    /** Whether each sum is one of a mean over numbers. */
    public boolean isOfMany() {
      return ModelFacts.isOfMany(input.shape());
    }
  }

  /** Per output where its sums lie among those of all. */
  public List<Sums> predictionSums() {
    List<Sums> sums = new ArrayList<>();
    int from = 0;
    for (Output output : outputs) {
      List<String> names = output.decoder.sums();
      sums.add(new Sums(output, names, from, from + names.size()));
      from += names.size();
    }
    return sums;
  }

  /**
   * The part of the sums of answers that is of one output.
   *
   * @param output whose they are
   * @param names of what is summed up
   * @param from the first one's place
   * @param to the place behind the last one
   */
  public record Sums(Output output, List<String> names, int from, int to) {}
}
