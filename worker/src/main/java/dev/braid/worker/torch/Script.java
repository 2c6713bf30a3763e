package dev.braid.worker.torch;

import static dev.braid.worker.Check.require;

import dev.braid.worker.layer.Shape;
import dev.braid.worker.state.State;
import dev.braid.worker.state.StateLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** A module in TorchScript, open to be looked at, changed and written again. */
final class Script implements AutoCloseable {
  /** What draws random numbers, as TorchScript's code names it; rather too many than too few. */
  private static final Pattern RANDOM =
      Pattern.compile("dropout|bernoulli|rand|multinomial|normal_|uniform_|rrelu|poisson");

  private static final int EXAMPLES = 2;

  private final PointerScope lifetime;
  private final JitModule module;
  private final ScriptTensors tensors;
  private final boolean random;

  /**
   * What is taken out of a file.
   *
   * @param program the same module with zeros for all numbers that the state holds, so that it is
   *     small: bytes as PyTorch writes them, deflated, in Base64
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
      Path aside = Files.createTempFile("braid", ".pt");
      try {
        Files.write(aside, file);
        random = RANDOM.matcher(code(aside)).find();
        module = read(aside);
      } finally {
        Files.delete(aside);
      }
      tensors = new ScriptTensors(module);
      lifetime.extend();
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch reads models from files; none can be written", e);
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
      throw new IllegalArgumentException("the TorchScript program is damaged", e);
    }
  }

  private static JitModule read(Path file) {
    try {
      return torch.import_ir_module(new CompilationUnit(), file.toString());
    } catch (RuntimeException e) {
      throw TorchScript.unreadable(e);
    }
  }

  /** The text of all code in the file. */
  private static String code(Path file) throws IOException {
    requireNoLegacyPickle(file);
    StringBuilder code = new StringBuilder();
    boolean isPickle = false;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        isPickle |= entry.getName().endsWith("/data.pkl");
        if (entry.getName().contains("/code/") && entry.getName().endsWith(".py")) {
          code.append(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    } catch (java.util.zip.ZipException e) {
      throw TorchScript.unreadable(e);
    }
    require(!code.isEmpty() || !isPickle, TorchScript.PICKLE);
    require(!code.isEmpty(), "not a TorchScript file: it has no code");
    return code.toString();
  }

  /** Before PyTorch 1.6 a pickle was no zip. */
  private static void requireNoLegacyPickle(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] first = in.readNBytes(2);
      require(first.length < 2 || first[0] != (byte) 0x80 || first[1] > 5, TorchScript.PICKLE);
    }
  }

  JitModule module() {
    return module;
  }

  ScriptTensors tensors() {
    return tensors;
  }

  /** Whether it may draw random numbers, as dropout does. */
  boolean isRandom() {
    return random;
  }

  /**
   * The shape of what the module gives for one example, in inference mode.
   *
   * @param inputs shapes of one example's inputs
   * @throws IllegalArgumentException when it does not take them, or gives no single tensor
   */
  Shape answerTo(List<Shape> inputs) {
    module.eval();
    try {
      return Native.scopedWithoutGradients(
          EXAMPLES,
          () -> {
            IValueVector arguments = new IValueVector();
            for (Shape shape : inputs) {
              float[] zeros = new float[EXAMPLES * shape.size()];
              arguments.push_back(input(EXAMPLES, shape.sizes(), zeros));
            }
            return answerShape(tensor(unoptimised(module, arguments), EXAMPLES));
          });
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(
          "the TorchScript module does not take examples of %s: %s"
              .formatted(inputs.size() == 1 ? inputs.get(0) : inputs, e.getMessage()),
          e);
    }
  }

  private static Shape answerShape(Tensor answer) {
    List<Integer> sizes = new ArrayList<>();
    for (long dim = 1; dim < answer.dim(); dim++) {
      sizes.add(Math.toIntExact(answer.size(dim)));
    }
    return sizes.isEmpty() ? Shape.of(1) : new Shape(sizes);
  }

  /** [size, shape...]. */
  static long[] batched(int size, List<Integer> shape) {
    LongStream sizes = shape.stream().mapToLong(Integer::longValue);
    return LongStream.concat(LongStream.of(size), sizes).toArray();
  }

  /** A module's input: [size, shape...], row-major. */
  static IValue input(int size, List<Integer> shape, float[] numbers) {
    Tensor x = torch.zeros(batched(size, shape), new TensorOptions(Precision.FLOAT.type()));
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

  /** The tensor's numbers, row-major. */
  static float[] numbers(Tensor y) {
    float[] numbers = new float[Math.toIntExact(y.numel())];
    Precision.FLOAT.read(y.contiguous(), 0, numbers, 0, numbers.length);
    return numbers;
  }

  /**
   * What the module gives, each operation as it is written. TorchScript otherwise watches the first
   * runs and fuses operations in later ones, so that the bits would depend on how often a module
   * has been run.
   */
  static IValue unoptimised(JitModule module, IValueVector arguments) {
    torch.setGraphExecutorOptimize(false); // of this thread
    try {
      return module.forward(arguments);
    } finally {
      torch.setGraphExecutorOptimize(true);
    }
  }

  /** Takes the numbers out; zeros stay behind. Traced modules get their modes back. */
  Numbers takeNumbers() {
    TracedModes.restore(module);
    StateLayout layout = tensors.layout();
    return Native.scopedWithoutGradients(
        1,
        () -> {
          Memory memory = new Memory(layout, Precision.FLOAT);
          for (ScriptTensors.Slot slot : tensors.ofState()) {
            memory.tensor(slot.name()).copy_(slot.tensor());
          }
          State state = State.zeros(layout, 0);
          memory.readParams(state.params());
          memory.readStatistics(state.statistics());
          tensors.ofState().forEach(slot -> slot.tensor().zero_());
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
          Memory memory = new Memory(tensors.layout(), Precision.FLOAT);
          memory.loadParams(state.params());
          memory.loadStatistics(state.statistics());
          for (ScriptTensors.Slot slot : tensors.ofState()) {
            slot.tensor().copy_(memory.tensor(slot.name()));
          }
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
