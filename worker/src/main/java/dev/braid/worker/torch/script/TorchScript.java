package dev.braid.worker.torch.script;

import dev.braid.worker.format.ZipHead;
import dev.braid.worker.torch.runtime.Native;
import dev.braid.worker.torch.runtime.Precision;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A module that PyTorch has scripted or traced, in inference mode. Unlike other models such a file
 * holds a program, in TorchScript, which is run: read only files whose origin is trusted. Many
 * threads may ask it at once.
 */
public final class TorchScript implements AutoCloseable {
  /** From so many bytes it is told whether PyTorch has written a file. */
  public static final int HEAD_BYTES = 1024;

  private final PointerScope lifetime;
  private final JitModule module;
  private final List<Integer> shape;
  private final int numOutputs;
  private final ScriptReset reset;

  /**
   * @param file its bytes
   * @param shape of one example, which is tried
   * @throws IllegalArgumentException if they are no TorchScript, are damaged, or the module gives
   *     no single tensor
   * @throws IllegalStateException if the module does not take such an example
   */
  public TorchScript(byte[] file, List<Integer> shape) {
    this.shape = List.copyOf(shape);
    Native.prepareThread();
    lifetime = new PointerScope();
    try {
      module = TorchFile.read(file).module();
      TracedModes.restore(module, false);
      module.eval();
      float[] zeros = new float[shape.stream().reduce(1, Math::multiplyExact)];
      Set<String> changing = new HashSet<>();
      numOutputs =
          Native.scopedWithoutGradients(
              1,
              () -> {
                List<ScriptAttribute> attributes = ScriptAttribute.all(module);
                ScriptWatch before = new ScriptWatch(attributes);
                float[] answer = tried(attributes, zeros);
                changing.addAll(before.changed(name -> false));
                return answer.length;
              });
      reset = new ScriptReset(module, changing);
      lifetime.extend();
    } finally {
      lifetime.close();
    }
  }

  /** The answer to one example; where there is none, what kind of numbers the module wants. */
  private float[] tried(List<ScriptAttribute> attributes, float[] example) {
    try {
      return answer(1, example);
    } catch (IllegalStateException e) {
      String types =
          attributes.stream()
              .filter(attribute -> attribute.kind() == ScriptAttribute.Kind.PARAMETER)
              .filter(ScriptAttribute::isTensor)
              .map(attribute -> attribute.value().toTensor().scalar_type().intern())
              .filter(type -> type != ScalarType.Float)
              .map(type -> "" + type)
              .distinct()
              .collect(Collectors.joining(" and "));
      throw types.isEmpty()
          ? e
          : new IllegalStateException(
              "its parameters are of type %s, but Braid asks in float32; write the module after"
                      .formatted(types)
                  + " model.float(). "
                  + e.getMessage(),
              e);
    }
  }

  /**
   * Whether PyTorch has written a file, in whatever format.
   *
   * @param head its first bytes: all, or {@link #HEAD_BYTES}
   */
  public static boolean isPyTorch(byte[] head) {
    return TorchFile.isPickle(head)
        || (ZipHead.isZip(head) && TorchFile.hasEntry(ZipHead.firstEntry(head)));
  }

  /** How many numbers it gives for an example. */
  public int numOutputs() {
    return numOutputs;
  }

  /**
   * What it answers to a batch.
   *
   * @param inputs [size x features], row-major
   * @return [size x outputs], row-major
   * @throws IllegalArgumentException when it gives no single tensor
   */
  public float[] output(int size, float[] inputs) {
    return Native.scopedWithoutGradients(size, () -> reset.around(() -> answer(size, inputs)));
  }

  private float[] answer(int size, float[] inputs) {
    IValueVector arguments = new IValueVector(Script.input(size, shape, inputs));
    return Precision.FLOAT.numbers(Script.tensor(Script.run(module, arguments), size));
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
