package dev.braid.worker.torch.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The system's own PyTorch, which tests compare with; they are skipped where there is none. */
final class PyTorch {
  private static final String PYTHON = "/usr/bin/python3";

  private PyTorch() {}

  /**
   * What a program prints.
   *
   * @param script its file, beside the tests' classes
   */
  static String run(String script, String... arguments) throws Exception {
    requireInstalled();
    Path file = Path.of(PyTorch.class.getResource(script).toURI());
    List<String> command = new ArrayList<>(List.of(PYTHON, "" + file));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), "python3 failed, see above");
      return text;
    }
  }

  private static void requireInstalled() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(PYTHON, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        abort("no PyTorch for /usr/bin/python3: install Debian's python3-torch");
      }
    } catch (IOException e) {
      abort("no /usr/bin/python3 with PyTorch: " + e.getMessage());
    }
  }
}
