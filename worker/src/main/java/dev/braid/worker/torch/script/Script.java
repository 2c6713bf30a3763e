package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.torch.runtime.Native;
import dev.braid.worker.torch.runtime.Precision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A module in TorchScript, open to be looked at, changed and written again. */
final class Script implements AutoCloseable {
  /**
   * Held while a module that may draw random numbers computes in training mode: libtorch's
   * generator is one for the whole process.
   */
  private static final Object GENERATOR = new Object();

  private static final int EXAMPLES = 2;

  private final PointerScope lifetime;
  private final JitModule module;
  private final ScriptTensors tensors;
  private final boolean random;

  /**
   * What is taken out of a file.
   *
   * @param program the same module with zeros for the many numbers that the state holds, so that it
   *     is small: bytes as PyTorch writes them, deflated, in Base64
   * @param state those numbers
   */
  record Numbers(String program, State state) {}

  /**
   * @param file its bytes
   * @throws IllegalArgumentException if they are no TorchScript, or damaged
   */
  Script(byte[] file) {
    Native.prepareThread();
    lifetime = new PointerScope();
    try {
      TorchFile read = TorchFile.read(file);
      random = RandomCode.isRandom(read.code());
      module = read.module();
      tensors = new ScriptTensors(module);
      lifetime.extend();
    } finally {
      lifetime.close();
    }
  }

  /** The module of a program, see {@link Numbers#program}. */
  static Script ofProgram(String program) {
    try (InflaterInputStream inflated =
        new InflaterInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(program)))) {
      return new Script(inflated.readAllBytes());
    } catch (IOException e) {
      throw new WrongSettings("the TorchScript program is damaged", e);
    }
  }

  JitModule module() {
    return module;
  }

  ScriptTensors tensors() {
    return tensors;
  }

  /**
   * The result of {@code work}, which computes in training mode.
   *
   * @param key what random numbers such as dropout's are drawn by
   */
  <T> T drawing(long key, Supplier<T> work) {
    if (!random) {
      return work.get();
    }
    synchronized (GENERATOR) {
      torch.manual_seed(key);
      return work.get();
    }
  }

  /**
   * What a module answers.
   *
   * @param shape of one example's
   * @param changing names of what the module changes of its own in inference mode
   */
  record Answer(Shape shape, Set<String> changing) {}

  /**
   * What the module gives in inference mode.
   *
   * @param inputs shapes of one example's inputs
   * @throws IllegalArgumentException when it does not take them, or gives no single tensor
   */
  Answer answerTo(List<Shape> inputs) {
    module.eval();
    try {
      return Native.scopedWithoutGradients(
          EXAMPLES,
          () -> {
            ScriptWatch before = tensors.watch();
            IValue answer = unoptimised(module, zeros(inputs));
            Set<String> changing = Set.copyOf(before.changed(name -> false));
            return new Answer(answerShape(tensor(answer, EXAMPLES)), changing);
          });
    } catch (IllegalStateException e) {
      throw new WrongSettings(
          "the TorchScript module does not take examples of %s: %s"
              .formatted(inputs.size() == 1 ? inputs.get(0) : inputs, e.getMessage()),
          e);
    }
  }

  /** {@link #EXAMPLES} examples of these shapes. */
  private static IValueVector zeros(List<Shape> inputs) {
    IValueVector arguments = new IValueVector();
    for (Shape shape : inputs) {
      arguments.push_back(input(EXAMPLES, shape.sizes(), new float[EXAMPLES * shape.size()]));
    }
    return arguments;
  }

  /**
   * The parameters that get no gradient on examples of zeros, in training mode; none where the
   * module does not compute those. Its buffers are not what they were afterwards.
   *
   * @throws IllegalArgumentException when what it gives depends on no parameter
   */
  List<String> unreached(List<Shape> inputs) {
    module.train(true);
    try {
      return Native.scoped(
          EXAMPLES,
          () -> {
            IValueVector arguments = zeros(inputs);
            ScriptWatch before = tensors.watch();
            Tensor answer = tensor(drawing(0, () -> unoptimised(module, arguments)), EXAMPLES);
            require(
                answer.requires_grad(),
                "what the TorchScript module gives depends on none of its parameters that learn");
            tensors.settle(before);
            return tensors.unreached(gradients(List.of(answer), List.of(torch.ones_like(answer))));
          });
    } catch (IllegalStateException e) {
      return List.of(); // the first step will say so, if it does not compute others either
    } finally {
      module.eval();
    }
  }

  /**
   * Gradients of the parameters that learn, in the layout's order; undefined where there is none.
   *
   * @param from tensors of the module's graph
   * @param with the gradients by these
   */
  TensorVector gradients(List<Tensor> from, List<Tensor> with) {
    return torch.grad(
        new TensorVector(from.toArray(Tensor[]::new)),
        tensors.leaves(),
        new TensorVector(with.toArray(Tensor[]::new)),
        new BoolOptional(),
        false,
        true);
  }

  private static Shape answerShape(Tensor answer) {
    List<Integer> sizes = new ArrayList<>();
    for (long dim = 1; dim < answer.dim(); dim++) {
      sizes.add(Math.toIntExact(answer.size(dim)));
    }
    return sizes.isEmpty() ? Shape.of(1) : new Shape(sizes);
  }

  /** A module's input: [size, shape...], row-major. */
  static IValue input(int size, List<Integer> shape, float[] numbers) {
    Tensor x =
        torch.zeros(Precision.batched(size, shape), new TensorOptions(Precision.FLOAT.type()));
    Precision.FLOAT.write(x, 0, numbers, 0, numbers.length);
    return new IValue(x);
  }

  /**
   * The one tensor that a module gives to {@code size} examples.
   *
   * @throws IllegalArgumentException when it gives something else
   */
  static Tensor tensor(IValue answer, int size) {
    require(answer.isTensor(), "the module gives no tensor but several or something else");
    Tensor y = answer.toTensor().to(Precision.FLOAT.type());
    require(
        y.dim() > 0 && y.size(0) == size,
        "the module gives %d numbers to %d examples: the first dimension must be the batch's",
        y.numel(),
        size);
    return y;
  }

  /**
   * What the module gives, each operation as it is written. TorchScript otherwise watches the first
   * runs and fuses operations in later ones, so that the bits would depend on how often a module
   * has been run.
   */
  static IValue unoptimised(JitModule module, IValueVector arguments) {
    torch.setGraphExecutorOptimize(false); // of this thread
    try {
      return run(module, arguments);
    } finally {
      torch.setGraphExecutorOptimize(true);
    }
  }

  /** What the module gives; an error says where in its code. */
  static IValue run(JitModule module, IValueVector arguments) {
    try {
      return module.forward(arguments);
    } catch (RuntimeException e) {
      throw Native.explain(e, "in the module", batchSize(arguments));
    }
  }

  private static int batchSize(IValueVector arguments) {
    return Math.toIntExact(arguments.get(0).toTensor().size(0));
  }

  /**
   * Takes the numbers out, see {@link ScriptTensors#clear}. Traced modules get their modes back.
   */
  Numbers takeNumbers() {
    TracedModes.restore(module, true);
    return Native.scopedWithoutGradients(
        1,
        () -> {
          State state = State.zeros(tensors.layout(), 0);
          tensors.readParams(state.params());
          tensors.readStatistics(state.statistics());
          tensors.clear();
          module.eval();
          return new Numbers(deflated(bytes()), state);
        });
  }

  private static String deflated(byte[] bytes) {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, deflater)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    } finally {
      deflater.end();
    }
    return Base64.getEncoder().encodeToString(deflated.toByteArray());
  }

  /** The module with these numbers, in inference mode, as PyTorch writes it. */
  byte[] with(State state) {
    return Native.scopedWithoutGradients(
        1,
        () -> {
          tensors.loadParams(state.params());
          tensors.loadStatistics(state.statistics());
          module.eval();
          return bytes();
        });
  }

  private byte[] bytes() {
    try {
      Path folder = Files.createTempDirectory("braid");
      Path aside = folder.resolve("model.pt"); // libtorch writes the name into the file
      try {
        module.save(aside.toString());
        return Files.readAllBytes(aside);
      } finally {
        Files.deleteIfExists(aside);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch writes models to files; none can be written", e);
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
