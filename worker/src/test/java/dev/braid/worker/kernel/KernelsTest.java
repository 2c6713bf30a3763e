package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.OwnJvm;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelsTest {
  /** Where nothing makes vector instructions, each vector would be an object: slower than loops. */
  @ParameterizedTest
  @CsvSource({
    "--add-modules=jdk.incubator.vector, vector",
    "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1, plain: the JVM was started without its optimising compiler",
    "--add-modules=jdk.incubator.vector -Xint, plain: the JVM was started without its optimising compiler",
    "-XX:+UseSerialGC, plain: the JVM was started without --add-modules jdk.incubator.vector"
  })
  void choice_takesVectors_onlyWhereTheJvmCompilesThem(String flags, String expected)
      throws IOException, InterruptedException {
    String chosen = OwnJvm.run(List.of(flags.split(" ", -1)), Chosen.class);
    assertTrue(chosen.contains("kernel " + expected), chosen);
  }

  /** Prints what is chosen. */
  static final class Chosen {
    private Chosen() {}

    public static void main(String[] arguments) {
      Kernels.Choice choice = Kernels.choose(MatrixKernel.class);
      System.out.println("kernel " + choice.name() + ": " + choice.reason());
    }
  }
}
