package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.runtime.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The tensors of a module by PyTorch's names, wherever it holds them. Parameters that learn are the
 * state's parameters; frozen ones, buffers and other tensors are its statistics, a {@code
 * running_var} behind its {@code running_mean} as its variance. A state is written into the
 * tensors' own memory: what is a tensor's second name or a view of it (an LSTM's {@code
 * _flat_weights}, tied embeddings) follows, as it does in PyTorch.
 */
final class ScriptTensors {
  private static final String MEAN = "running_mean";
  private static final String VARIANCE = "running_var";

  /** Floats that are copied at once. */
  private static final int PIECE = 1 << 20;

  /** Other tensors than parameters stay in the program up to this size. */
  private static final int SMALL = 1000;

  private final List<ScriptAttribute> attributes;
  private final List<Held> all = new ArrayList<>();
  private final List<Held> learning = new ArrayList<>();
  private final List<Held> kept = new ArrayList<>();
  private final Set<String> writable = new HashSet<>();
  private final StateLayout layout;
  private final TensorVector leaves = new TensorVector();

  /**
   * A tensor that the module holds.
   *
   * @param name of the place it is in
   * @param attribute the place, or the collection that is there
   * @param begin address of its first element
   * @param end address behind its last one; nothing lies between them where it is empty
   */
  private record Held(String name, ScriptAttribute attribute, Tensor tensor, long begin, long end) {
    static Held of(String name, ScriptAttribute attribute, Tensor tensor) {
      long begin = tensor.data_ptr().address();
      long last = 0;
      for (long dim = 0; dim < tensor.dim(); dim++) {
        last += (tensor.size(dim) - 1) * tensor.stride(dim);
      }
      long bytes = tensor.numel() == 0 ? 0 : (last + 1) * tensor.element_size();
      return new Held(name, attribute, tensor, begin, begin + bytes);
    }

    boolean isParameter() {
      return attribute.kind() == ScriptAttribute.Kind.PARAMETER;
    }

    boolean learns() {
      return isParameter() && tensor.requires_grad();
    }

    boolean overlaps(Held other) {
      return begin < end && other.begin < other.end && begin < other.end && other.begin < end;
    }

    boolean covers(Held other) {
      return begin <= other.begin && other.end <= end;
    }

    boolean isTheSame(Held other) {
      return begin == other.begin && tensor.is_same(other.tensor);
    }

    /** Whether both are the same numbers, in the same order. */
    boolean isTheSameMemory(Held other) {
      return begin == other.begin
          && tensor.scalar_type().intern() == other.tensor.scalar_type().intern()
          && shape(tensor).equals(shape(other.tensor))
          && strides().equals(other.strides());
    }

    private List<Long> strides() {
      List<Long> strides = new ArrayList<>();
      for (long dim = 0; dim < tensor.dim(); dim++) {
        strides.add(tensor.stride(dim));
      }
      return strides;
    }

    /** Whether several of its elements are one number in memory. */
    boolean isExpanded() {
      for (long dim = 0; dim < tensor.dim(); dim++) {
        if (tensor.stride(dim) == 0 && tensor.size(dim) > 1) {
          return true;
        }
      }
      return false;
    }
  }

  ScriptTensors(JitModule module) {
    attributes = ScriptAttribute.all(module);
    for (ScriptAttribute attribute : attributes) {
      attribute.tensors().forEach((name, tensor) -> all.add(Held.of(name, attribute, tensor)));
    }
    for (Held held : all) {
      requireTrainable(held);
      if (held.learns() && learning.stream().noneMatch(held::isTheSame)) {
        learning.add(held);
      }
    }
    learning.forEach(this::requireApart);
    for (Held held : all) {
      if (isState(held)) {
        writable.add(held.name);
        if (kept.stream().noneMatch(held::isTheSameMemory)) {
          kept.add(held);
        }
      }
    }
    layout = new StateLayout(segments(learning), segments(kept));
    learning.forEach(held -> leaves.push_back(held.tensor));
  }

  private static void requireTrainable(Held held) {
    boolean isParameter = held.isParameter();
    if (isParameter || held.attribute.kind() == ScriptAttribute.Kind.BUFFER) {
      ScalarType type = held.tensor.scalar_type().intern();
      require(
          type == ScalarType.Float || (!isParameter && isInteger(held.tensor)),
          "'%s' of the TorchScript module holds numbers of type %s, but networks are trained in"
              + " float32; write the module after model.float()",
          held.name,
          type);
    }
    require(
        !isParameter || held.tensor.numel() > 0,
        "'%s' of the TorchScript module is empty",
        held.name);
    require(
        !held.learns() || !held.isExpanded(),
        "parameter '%s' of the TorchScript module is expanded: several of its elements are one"
            + " number; make it of its own numbers in PyTorch, by clone()",
        held.name);
  }

  /** A parameter's memory is its own, or that of tensors which only look into it. */
  private void requireApart(Held parameter) {
    for (Held other : all) {
      if (!other.overlaps(parameter) || other.isTheSame(parameter)) {
        continue;
      }
      require(
          !other.learns(),
          "parameters '%s' and '%s' of the TorchScript module lie in the same memory without being"
              + " one parameter; tie them in PyTorch by assigning the parameter itself, as in"
              + " head.weight = embedding.weight, or part them by clone()",
          parameter.name,
          other.name);
      require(
          !other.tensor.requires_grad(),
          "'%s' of the TorchScript module is a view of parameter '%s' that was made when the module"
              + " was: the file has lost that its gradient belongs to the parameter; make the view"
              + " in forward",
          other.name,
          parameter.name);
      require(
          parameter.covers(other),
          "'%s' of the TorchScript module shares a part of its memory with parameter '%s'; part"
              + " them in PyTorch by clone()",
          other.name,
          parameter.name);
    }
  }

  /** Whether it changes by itself or may: not where it is a parameter, or looks into one. */
  private boolean isState(Held held) {
    return held.tensor.numel() > 0
        && !held.isExpanded()
        && isNumbersOfAState(held.tensor)
        && learning.stream().noneMatch(held::overlaps);
  }

  /** Whether finite floats can hold them: not large integers, nor a mask of minus infinity. */
  private static boolean isNumbersOfAState(Tensor tensor) {
    if (tensor.scalar_type().intern() == ScalarType.Float) {
      return tensor.isfinite().all().item_bool();
    }
    return isInteger(tensor)
        && tensor.equal(tensor.to(ScalarType.Float).to(tensor.scalar_type().intern()));
  }

  private static boolean isInteger(Tensor tensor) {
    return switch (tensor.scalar_type().intern()) {
      case Byte, Char, Short, Int, Long, Bool -> true;
      default -> false;
    };
  }

  /** Of the state. */
  StateLayout layout() {
    return layout;
  }

  private static List<Segment> segments(List<Held> tensors) {
    List<Segment> segments = new ArrayList<>();
    long offset = 0;
    for (Held held : tensors) {
      Optional<Segment> before =
          segments.isEmpty() ? Optional.empty() : Optional.of(segments.get(segments.size() - 1));
      List<Integer> shape = shape(held.tensor);
      Segment segment = new Segment(held.name, shape, offset, role(held, shape, before));
      segments.add(segment);
      offset += segment.size();
    }
    return segments;
  }

  private static List<Integer> shape(Tensor tensor) {
    List<Integer> shape = new ArrayList<>();
    for (long dim = 0; dim < tensor.dim(); dim++) {
      shape.add(Math.toIntExact(tensor.size(dim)));
    }
    return shape;
  }

  /** Matrices and kernels are weights, vectors are biases and gains; so are single numbers. */
  private static Role role(Held held, List<Integer> shape, Optional<Segment> before) {
    if (held.learns()) {
      return shape.size() > 1 ? Role.WEIGHT : Role.BIAS;
    }
    String name = held.attribute.name();
    String key = held.attribute.key();
    String mean = name.substring(0, name.length() - key.length()) + MEAN;
    boolean follows =
        before.filter(s -> s.name().equals(mean) && s.shape().equals(shape)).isPresent();
    return key.equals(VARIANCE) && held.name.equals(name) && follows ? Role.VARIANCE : Role.MEAN;
  }

  /** The parameters that learn, in the layout's order. */
  TensorVector leaves() {
    return leaves;
  }

  /** The names of the parameters whose gradient is undefined. */
  List<String> unreached(TensorVector gradients) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      if (!gradients.get(i).defined()) {
        names.add(learning.get(i).name);
      }
    }
    return names;
  }

  /** Names of tensors that ask for gradients, but are no parameters: no optimizer moves them. */
  List<String> strays() {
    return all.stream()
        .filter(held -> !held.isParameter())
        .filter(held -> held.tensor.requires_grad())
        .filter(held -> learning.stream().noneMatch(held::isTheSame))
        .map(Held::name)
        .toList();
  }

  void loadParams(Blocks source) {
    load(learning, layout.params(), source);
  }

  void loadStatistics(Blocks source) {
    putBack();
    load(kept, layout.statistics(), source);
  }

  /** Tensors that the module has replaced. */
  private void putBack() {
    for (Held held : all) {
      if (held.attribute.isTensor() && !held.attribute.value().toTensor().is_same(held.tensor)) {
        held.attribute.set(new IValue(held.tensor));
      }
    }
  }

  void readParams(Blocks target) {
    read(learning, layout.params(), target);
  }

  void readStatistics(Blocks target) {
    read(kept, layout.statistics(), target);
  }

  private static void load(List<Held> tensors, List<Segment> segments, Blocks source) {
    for (int i = 0; i < tensors.size(); i++) {
      load(source, segments.get(i), tensors.get(i).tensor);
    }
  }

  private static void load(Blocks source, Segment segment, Tensor target) {
    boolean isPlain = isPlain(target);
    Tensor numbers = isPlain ? target : torch.zeros(sizes(target), floats());
    float[] piece = new float[(int) Math.min(segment.size(), PIECE)];
    for (long done = 0; done < segment.size(); done += piece.length) {
      int length = (int) Math.min(piece.length, segment.size() - done);
      source.read(segment.offset() + done, piece, length);
      Precision.FLOAT.write(numbers, done, piece, 0, length);
    }
    if (!isPlain) {
      target.copy_(isInteger(target) ? numbers.round() : numbers);
    }
  }

  private static void read(List<Held> tensors, List<Segment> segments, Blocks target) {
    for (int i = 0; i < tensors.size(); i++) {
      read(tensors.get(i).tensor, segments.get(i), target);
    }
  }

  /** Copies a tensor of any type and strides to where its segment lies. */
  static void read(Tensor source, Segment segment, Blocks target) {
    Tensor numbers = isPlain(source) ? source : source.to(ScalarType.Float).contiguous();
    float[] piece = new float[(int) Math.min(segment.size(), PIECE)];
    for (long done = 0; done < segment.size(); done += piece.length) {
      int length = (int) Math.min(piece.length, segment.size() - done);
      Precision.FLOAT.read(numbers, done, piece, 0, length);
      target.write(segment.offset() + done, piece, length);
    }
  }

  private static boolean isPlain(Tensor tensor) {
    return tensor.scalar_type().intern() == ScalarType.Float && tensor.is_contiguous();
  }

  private static long[] sizes(Tensor tensor) {
    return shape(tensor).stream().mapToLong(Integer::longValue).toArray();
  }

  private static TensorOptions floats() {
    return new TensorOptions(ScalarType.Float);
  }

  /** Makes zeros of what the state holds, but for small buffers that may steer the program. */
  void clear() {
    learning.forEach(held -> held.tensor.zero_());
    for (Held held : kept) {
      if (held.isParameter() || held.tensor.numel() > SMALL) {
        held.tensor.zero_();
      }
    }
  }

  /** To be asked before the module computes, see {@link #settle}. */
  ScriptWatch watch() {
    putBack();
    return new ScriptWatch(attributes);
  }

  /**
   * Takes over tensors that the module has replaced instead of written to.
   *
   * @param before from before the module computed
   * @throws IllegalArgumentException when it has changed what is no part of the state
   */
  void settle(ScriptWatch before) {
    for (Held held : all) {
      if (writable.contains(held.name) && held.attribute.isTensor()) {
        settle(held);
      }
    }
    List<String> changed = before.changed(writable::contains);
    require(
        changed.isEmpty(),
        "the TorchScript module changes %s while it computes, which Braid does not take over: only"
            + " buffers may change; make it one in PyTorch by register_buffer, or leave the change"
            + " (an embedding's max_norm is one)",
        changed);
  }

  private void settle(Held held) {
    Tensor now = held.attribute.value().toTensor();
    if (now.is_same(held.tensor)) {
      return;
    }
    boolean isShared =
        all.stream().anyMatch(other -> !other.name.equals(held.name) && other.overlaps(held));
    require(
        !isShared && shape(now).equals(shape(held.tensor)),
        "the TorchScript module puts a tensor of %s in the place of '%s' of %s%s; write to it"
            + " instead in PyTorch, by copy_()",
        shape(now),
        held.name,
        shape(held.tensor),
        isShared ? ", whose memory another shares" : "");
    held.tensor.copy_(now);
    held.attribute.set(new IValue(held.tensor));
  }
}
