package dev.braid.worker.torch;

import static dev.braid.worker.Check.require;

import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_buffer_iterator;
import org.bytedeco.pytorch.named_parameter_iterator;

/**
 * The tensors of a module by PyTorch's names. Parameters that learn are the state's parameters;
 * frozen ones and float buffers are its statistics, a {@code running_var} behind its {@code
 * running_mean} as its variance; buffers of integers are no part of the state.
 */
final class ScriptTensors {
  private static final String MEAN = "running_mean";
  private static final String VARIANCE = "running_var";

  private final List<Slot> learning = new ArrayList<>();
  private final List<Slot> kept = new ArrayList<>();
  private final List<Slot> integers = new ArrayList<>();
  private final Map<Long, Slot> places = new HashMap<>();

  /**
   * A tensor of a module.
   *
   * @param name as PyTorch has it; two slots have the same where the module has one tensor in two
   *     places
   * @param owner the module within the module that has it
   * @param attribute what the owner calls it
   */
  record Slot(String name, JitModule owner, String attribute) {
    Tensor tensor() {
      return owner.attr(attribute).toTensor();
    }

    void set(Tensor tensor) {
      owner.setattr(attribute, new IValue(tensor));
    }
  }

  ScriptTensors(JitModule module) {
    named_parameter_iterator parameters = module.named_parameters().begin();
    named_parameter_iterator lastParameter = module.named_parameters().end();
    for (; parameters.notEquals(lastParameter); parameters.increment()) {
      NamedTensor named = parameters.multiply();
      String name = named.name().getString();
      requireFloat(name, named.value());
      add(named.value().requires_grad() ? learning : kept, slot(module, name), named.value());
    }
    named_buffer_iterator buffers = module.named_buffers().begin();
    named_buffer_iterator lastBuffer = module.named_buffers().end();
    for (; buffers.notEquals(lastBuffer); buffers.increment()) {
      NamedTensor named = buffers.multiply();
      String name = named.name().getString();
      if (isInteger(named.value())) {
        integers.add(slot(module, name));
      } else {
        requireFloat(name, named.value());
        add(kept, slot(module, name), named.value());
      }
    }
  }

  private static Slot slot(JitModule module, String name) {
    JitModule owner = module;
    String[] parts = name.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      owner = new JitModule(owner.attr(parts[i]).toObject());
    }
    return new Slot(name, owner, parts[parts.length - 1]);
  }

  private void add(List<Slot> slots, Slot slot, Tensor tensor) {
    require(tensor.numel() > 0, "'%s' of the TorchScript module is empty", slot.name);
    Slot first = places.putIfAbsent(tensor.data_ptr().address(), slot);
    slots.add(first == null ? slot : new Slot(first.name, slot.owner, slot.attribute));
  }

  private static boolean isInteger(Tensor tensor) {
    return switch (tensor.scalar_type().intern()) {
      case Byte, Char, Short, Int, Long, Bool -> true;
      default -> false;
    };
  }

  private static void requireFloat(String name, Tensor tensor) {
    require(
        tensor.scalar_type().intern() == ScalarType.Float,
        "'%s' of the TorchScript module holds numbers of type %s, but networks are trained in"
            + " float32; write the module after model.float()",
        name,
        tensor.scalar_type().intern());
  }

  /** Of the state. */
  StateLayout layout() {
    return new StateLayout(segments(learning), segments(kept));
  }

  private static List<Segment> segments(List<Slot> slots) {
    List<Segment> segments = new ArrayList<>();
    long offset = 0;
    for (Slot slot : slots) {
      if (segments.stream().anyMatch(segment -> segment.name().equals(slot.name))) {
        continue;
      }
      Optional<Segment> before =
          segments.isEmpty() ? Optional.empty() : Optional.of(segments.get(segments.size() - 1));
      List<Integer> shape = shape(slot.tensor());
      Segment segment = new Segment(slot.name, shape, offset, role(slot, shape, before));
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
  private static Role role(Slot slot, List<Integer> shape, Optional<Segment> before) {
    Tensor tensor = slot.tensor();
    if (tensor.requires_grad()) {
      return shape.size() > 1 ? Role.WEIGHT : Role.BIAS;
    }
    String mean = slot.name.substring(0, slot.name.length() - slot.attribute.length()) + MEAN;
    boolean follows =
        before.filter(s -> s.name().equals(mean) && s.shape().equals(shape)).isPresent();
    return slot.attribute.equals(VARIANCE) && follows ? Role.VARIANCE : Role.MEAN;
  }

  /** All that the state holds, tensors in two places twice. */
  List<Slot> ofState() {
    List<Slot> all = new ArrayList<>(learning);
    all.addAll(kept);
    return all;
  }

  /** Frozen parameters and float buffers. */
  List<Slot> kept() {
    return kept;
  }

  /** Buffers of integers, such as a count of mini-batches. */
  List<Slot> integers() {
    return integers;
  }
}
