package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.network.Architecture;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.network.Target;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.TaskForm;
import dev.braid.worker.task.Tasks;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that belongs to a model but its numbers: enough to build it, to prepare inputs as in training
 * and to name its answers.
 *
 * @param network what it is made of
 * @param inputs what it reads, in the order of a mini-batch's inputs
 * @param labels what it predicts, in the order of a mini-batch's labels
 * @param provenance where the numbers come from
 * @param reference what its inputs and predictions were like in training; null where not known
 */
public record ModelDescription(
    @JsonProperty(required = true) Architecture network,
    @JsonProperty(required = true) List<Input> inputs,
    @JsonProperty(required = true) List<Labels> labels,
    @JsonProperty(required = true) Provenance provenance,
    @JsonInclude(JsonInclude.Include.NON_NULL) Reference reference)
    implements Serializable {
  public ModelDescription {
    require(network != null, "a model needs its network");
    require(inputs != null && !inputs.isEmpty(), "a model needs at least one input");
    require(labels != null, "a model needs its labels, which may be an empty list");
    require(provenance != null, "a model needs its provenance");
    inputs = List.copyOf(inputs);
    labels = List.copyOf(labels);
  }

  /** Without reference. */
  public ModelDescription(
      Architecture network, List<Input> inputs, List<Labels> labels, Provenance provenance) {
    this(network, inputs, labels, provenance, null);
  }

  /**
   * One input of a network.
   *
   * @param name as the network calls it
   * @param shape of one example
   * @param normaliser fitted to the training examples, to be applied to every later one
   * @param encoding how columns of a table become its numbers; null where it is made of none, or
   *     they are not known
   */
  public record Input(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) Shape shape,
      @JsonProperty(required = true) Normaliser normaliser,
      @JsonInclude(JsonInclude.Include.NON_NULL) InputEncoding encoding)
      implements Serializable {

    /** An input whose columns are not known. */
    public Input(String name, Shape shape, Normaliser normaliser) {
      this(name, shape, normaliser, null);
    }
  }

  /**
   * What one output predicts.
   *
   * @param task what kind of prediction
   * @param width numbers in an example's label
   * @param classes names of the classes in the order of their indices; empty when labels are
   *     numbers
   */
  public record Labels(
      @JsonProperty(required = true) @TaskForm Task task,
      int width,
      @JsonProperty(required = true) List<String> classes)
      implements Serializable {
    public Labels {
      classes = List.copyOf(classes);
    }

    /** What these labels say to whoever plans the network. */
    public Target target() {
      return task.target(width, classes.size());
    }

    /** Of an output whose file names no classes: they are called by their numbers. */
    public static Labels numbered(OutputPlan output) {
      Task task = Tasks.suggestedBy(output);
      return new Labels(task, output.labelWidth(), task.classes(output));
    }
  }

  /**
   * How the numbers came about.
   *
   * @param braid version that trained them
   * @param seed source of every random choice
   * @param settingsSha256 SHA-256 of the settings used, 64 hexadecimal digits
   * @param epochs passes over the training examples
   * @param rounds of averaging
   * @param examples trained on, counted each time
   * @param parts how the seed drew the examples to learn from and those held out, in words; null
   *     where not known
   */
  public record Provenance(
      String braid,
      long seed,
      String settingsSha256,
      int epochs,
      long rounds,
      long examples,
      @JsonInclude(JsonInclude.Include.NON_NULL) String parts)
      implements Serializable {

    /** Of examples of which it is not known how they were drawn. */
    public Provenance(
        String braid, long seed, String settingsSha256, int epochs, long rounds, long examples) {
      this(braid, seed, settingsSha256, epochs, rounds, examples, null);
    }
  }

  /** How the inputs are made of what files hold, in their order; empty where one is not known. */
  public List<InputEncoding> encodings() {
    return inputs.stream().allMatch(input -> input.encoding() != null)
        ? inputs.stream().map(Input::encoding).toList()
        : List.of();
  }

  /** What prepares the inputs, in their order. */
  public List<Normaliser> normalisers() {
    return inputs.stream().map(Input::normaliser).toList();
  }

  /** The network with all shapes resolved. */
  public Blueprint plan() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    inputs.forEach(input -> shapes.put(input.name(), input.shape()));
    require(shapes.size() == inputs.size(), "two inputs of the model have the same name");
    return network.plan(shapes, labels.stream().map(Labels::target).toList());
  }
}
