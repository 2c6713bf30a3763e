package dev.braid.worker.layer;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.braid.worker.function.Activation;
import dev.braid.worker.parameter.Initialiser;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.parameter.Weights;
import dev.braid.worker.shape.Node;
import dev.braid.worker.shape.Padding;
import dev.braid.worker.shape.Window;
import dev.braid.worker.state.Segment.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Cross-correlation with learned kernels along time [time, features], over an image [channels,
 * height, width] or a volume [channels, depth, height, width], then an activation.
 *
 * @param filters channels (features) it gives
 * @param kernel size of the kernel, one number for all dimensions or one for each
 * @param stride how far the kernel moves, by default 1
 * @param padding by default valid
 * @param dilation distance between the kernel's taps, by default 1
 * @param groups into how many separate groups the channels fall, by default 1
 * @param activation by default identity
 * @param bias whether each filter adds a number, by default yes
 * @param weights of the kernels
 * @param name its name in the network
 * @param from what it reads instead of the layer before
 */
@JsonTypeName("convolution")
public record Convolution(
    @JsonProperty(required = true) int filters,
    @JsonProperty(required = true)
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<Integer> kernel,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> stride,
    Padding padding,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Integer> dilation,
    Integer groups,
    Activation activation,
    Boolean bias,
    Weights weights,
    String name,
    List<String> from)
    implements Layer {
  public Convolution {
    require(filters > 0, "filters must be at least 1, got %d", filters);
    kernel = Window.sizesOr(null, "kernel", kernel);
    stride = Window.sizesOr(List.of(1), "stride", stride);
    padding = padding == null ? Padding.VALID : padding;
    dilation = Window.sizesOr(List.of(1), "dilation", dilation);
    groups = groups == null ? 1 : groups;
    require(groups > 0, "groups must be at least 1, got %d", groups);
    activation = activation == null ? Activation.IDENTITY : activation;
    bias = bias == null || bias;
    weights = weights == null ? Weights.DEFAULT : weights;
  }

  @Override
  public AlongTime alongTime() {
    return isCausal() && stride.get(0) == 1 ? AlongTime.STATE : AlongTime.ACROSS;
  }

  private boolean isCausal() {
    return padding.kind() == Padding.Kind.CAUSAL;
  }

  /** The steps before that the kernel reaches back to; the first of all see 0. */
  @Override
  public List<Integer> stateWidths(Node node) {
    int reach = Math.multiplyExact(kernel.get(0) - 1, dilation.get(0));
    return alongTime() == AlongTime.STATE
        ? List.of(Math.multiplyExact(reach, node.shape().channels()))
        : List.of();
  }

  @Override
  public int[] steps(Node node, List<int[]> sources) {
    return Window.steps(node, windows(node), sources);
  }

  @Override
  public boolean multipliesAtEachPlace() {
    return true;
  }

  @Override
  public LayerPlan plan(Node node) {
    int channels = Window.slidable(node).channels();
    require(
        channels % groups == 0 && filters % groups == 0,
        "%s: %d groups must divide the %d channels of %s and the %d filters",
        node.describe(),
        groups,
        channels,
        node.sources().get(0).describe(),
        filters);
    List<Window> windows = windows(node);
    int taps = windows.stream().mapToInt(Window::kernel).reduce(1, Math::multiplyExact);
    List<Integer> shape = new ArrayList<>(List.of(filters, channels / groups));
    windows.forEach(window -> shape.add(window.kernel()));
    int fanIn = Math.multiplyExact(channels / groups, taps);
    int fanOut = Math.multiplyExact(filters / groups, taps);
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(weights.tensor(shape, fanIn, fanOut, activation.fittingInitialiser()));
    if (bias) {
      parameters.add(Parameter.vector("bias", filters, Role.BIAS, Initialiser.ZEROS));
    }
    return new LayerPlan(this, node, Window.result(node, windows, filters), parameters);
  }

  /** How the kernel moves along each dimension. */
  public List<Window> windows(Node node) {
    return Window.over(node, kernel, stride, dilation, padding);
  }
}
