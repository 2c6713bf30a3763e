package dev.braid.worker.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;

/**
 * A module that PyTorch has scripted or traced, in inference mode. Unlike other models such a file
 * holds a program, in TorchScript, which is run: read only files whose origin is trusted. Many
 * threads may ask it at once.
 */
public final class TorchScript implements AutoCloseable {
  /** What is said of a file that {@code torch.save} wrote. */
  static final String PICKLE =
      "not TorchScript but a pickle of torch.save, which holds no program and only Python can read;"
          + " in Python write the module by torch.jit.script(model).save(FILE), or where it cannot"
          + " be scripted by torch.jit.trace(model, examples).save(FILE)";

  private final JitModule module;

  /**
   * @param file its bytes
   * @throws IllegalArgumentException if they are no TorchScript, or damaged
   */
  public TorchScript(byte[] file) {
    Native.prepareThread();
    try {
      Path aside = Files.createTempFile("braid", ".pt");
      try {
        Files.write(aside, file);
        module = torch.import_ir_module(new CompilationUnit(), aside.toString());
        module.eval();
      } finally {
        Files.delete(aside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch reads models from files; none can be written", e);
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  /** What is said of bytes that are no TorchScript, or damaged. */
  static IllegalArgumentException unreadable(Exception e) {
    String message = String.valueOf(e.getMessage());
    return new IllegalArgumentException(
        "not a TorchScript file that libtorch can read: " + message.lines().findFirst().orElse(""),
        e);
  }

  /**
   * What it answers to a batch.
   *
   * @param shape of one example
   * @param inputs [size x features], row-major
   * @return [size x outputs], row-major
   * @throws IllegalArgumentException when it gives no single tensor
   */
  public float[] output(int size, List<Integer> shape, float[] inputs) {
    return Native.scopedWithoutGradients(
        size,
        () -> {
          IValueVector arguments = new IValueVector(Script.input(size, shape, inputs));
          return Script.numbers(Script.tensor(module.forward(arguments), size));
        });
  }

  @Override
  public void close() {
    module.close();
  }
}
