package dev.braid.driver.source.example;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Field;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.shape.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What is known of a source before Spark reads it.
 *
 * @param inputs one per input of the network
 * @param outputs what is to be predicted, one per output of the network
 * @param numExamples where it is known without reading everything
 * @param remarks sentences for whoever starts the run: what is read as what, and what is not
 * @param weight the column that says how much an example weighs; empty where all weigh the same
 */
public record SourceFacts(
    List<Input> inputs,
    List<Labels> outputs,
    OptionalLong numExamples,
    List<String> remarks,
    Optional<String> weight) {
  public SourceFacts {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    remarks = List.copyOf(remarks);
    for (Input input : inputs) {
      for (Labels labels : input.isSplit() ? outputs : List.<Labels>of()) {
        require(
            labels.task().isAlongTime(),
            "input '%s' has longer: split, which makes several examples of one, but output '%s' has"
                + " one label for the whole; set longer to cut or quarantine",
            input.name(),
            labels.name());
      }
    }
  }

  /** Of a source of which there is nothing to be said. */
  public SourceFacts(List<Input> inputs, List<Labels> outputs, OptionalLong numExamples) {
    this(inputs, outputs, numExamples, List.of(), Optional.empty());
  }

  /** Of a source with one label. */
  public SourceFacts(List<Input> inputs, Labels labels, OptionalLong numExamples) {
    this(inputs, List.of(labels), numExamples);
  }

  /** How examples of this source are encoded: a weight is one label more. */
  public RowLayout layout() {
    List<Field> labels =
        new ArrayList<>(
            outputs.stream()
                .map(own -> new Field(own.width(), Kind.FLOAT, own.task().isAlongTime()))
                .toList());
    weight.ifPresent(column -> labels.add(new Field(1, Kind.FLOAT)));
    return new RowLayout(inputs.stream().map(Input::field).toList(), labels);
  }

  /** The same with what is to be said of the source. */
  public SourceFacts withRemarks(List<String> remarks) {
    return new SourceFacts(inputs, outputs, numExamples, remarks, weight);
  }

  /** The same with the classes that occur, by the output's number, where they were not known. */
  public SourceFacts withClasses(IntFunction<Collection<String>> classes) {
    return withOutputs(
        IntStream.range(0, outputs.size())
            .mapToObj(
                i ->
                    outputs.get(i).isOpen()
                        ? outputs.get(i).withClasses(classes.apply(i))
                        : outputs.get(i))
            .toList());
  }

  /** The same with the tokens of its text as the classes of what is made of it, once known. */
  public SourceFacts withTokens() {
    return withOutputs(
        outputs.stream()
            .map(
                labels ->
                    labels.isOpen() && labels.task().isOfInputs()
                        ? labels.withClasses(tokens())
                        : labels)
            .toList());
  }

  private List<String> tokens() {
    InputEncoding only = inputs.get(0).encoding();
    return only != null && only.columns().get(0).as() instanceof TokenIds text && !text.isOpen()
        ? IntStream.range(0, text.vocabulary().size()).mapToObj(text.vocabulary()::word).toList()
        : List.of();
  }

  /** The same with the classes and the encodings of the training source. */
  public SourceFacts as(SourceFacts train) {
    List<Input> encoded = new ArrayList<>();
    for (Input input : inputs) {
      InputEncoding fitted = train.inputs().get(encoded.size()).encoding();
      encoded.add(input.encoding() == null || fitted == null ? input : input.with(fitted));
    }
    return new SourceFacts(encoded, train.outputs(), numExamples, remarks, weight);
  }

  /** The same with inputs that are encoded otherwise. */
  public SourceFacts withInputs(List<Input> inputs) {
    return new SourceFacts(inputs, outputs, numExamples, remarks, weight);
  }

  /** The same with other labels. */
  public SourceFacts withOutputs(List<Labels> outputs) {
    return new SourceFacts(inputs, outputs, numExamples, remarks, weight);
  }

  /**
   * One input of the network.
   *
   * @param name as the job file calls it
   * @param shape [features] of a table, [time, features] of a sequence, [channels, height, width]
   *     of an image; the first size of a sequence of any length is {@link Shape#TIME}
   * @param kind how each number is kept
   * @param masked whether time steps may be missing: all their numbers are NaN then
   * @param encoding how columns of a table become its numbers; null where it is made of none
   */
  public record Input(
      String name, List<Integer> shape, Kind kind, boolean masked, InputEncoding encoding) {
    /** The name of an input that the job file does not name. */
    public static final String ONLY = "input";

    public Input {
      shape = List.copyOf(shape);
      var unused = new Shape(shape); // refuses what is none
    }

    /** The only input, without missing time steps. */
    public Input(List<Integer> shape, Kind kind) {
      this(ONLY, shape, kind, false);
    }

    /** An input that is made of no columns. */
    public Input(String name, List<Integer> shape, Kind kind, boolean masked) {
      this(name, shape, kind, masked, null);
    }

    /**
     * The same with another encoding; its shape follows where the settings have set none.
     *
     * @throws IllegalArgumentException if the shape that is set asks for more or fewer numbers
     */
    public Input with(InputEncoding other) {
      boolean follows = !isRagged() && shape.equals(List.of(Math.max(1, encoding.width())));
      List<Integer> sizes = follows ? List.of(Math.max(1, other.width())) : shape;
      return new Input(name, sizes, kind, masked, other);
    }

    /** How many numbers it has before they are encoded; in each step of a sequence. */
    int rawWidth() {
      return isEncoded() ? encoding.rawWidth() : groupSize();
    }

    /** How its examples lie in rows of bytes. */
    private Field field() {
      return new Field(rawWidth(), kind, isRagged());
    }

    /** Whether it is a sequence of any length. */
    public boolean isRagged() {
      return new Shape(shape).isRagged();
    }

    /** Whether longer sequences become several examples. */
    public boolean isSplit() {
      return encoding != null && encoding.isRagged() && encoding.sequence().lengths().isSplit();
    }

    /** Numbers in an example, or in a step of it where it is a sequence of any length. */
    public int groupSize() {
      return isRagged() ? new Shape(shape).stepSize() : width();
    }

    /** Whether its numbers are made of others, which are read. */
    public boolean isEncoded() {
      return encoding != null && !encoding.isPlain();
    }

    /**
     * An input of {@code width} numbers.
     *
     * @param shape what the settings take it for; null for [width]
     * @throws IllegalArgumentException if the shape asks for more or fewer numbers
     */
    public static Input of(List<Integer> shape, int width, Kind kind) {
      Input input = new Input(shape == null ? List.of(width) : shape, kind);
      require(
          input.width() == width,
          "inputShape %s asks for %d numbers, but an input has %d",
          input.shape(),
          input.width(),
          width);
      return input;
    }

    /**
     * Numbers in one example.
     *
     * @throws IllegalArgumentException if it is a sequence of any length
     */
    public int width() {
      return width(shape);
    }

    public static int width(List<Integer> shape) {
      return new Shape(shape).size();
    }
  }
}
