package dev.braid.worker.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * ND4J's natives on a machine, found out without loading them.
 *
 * @param engine whether DL4J's engine is on the classpath at all
 * @param builds of the natives on the classpath, such as {@code onednn-avx512}
 * @param avx512 whether the processor has AVX-512
 */
public record Nd4jFacts(boolean engine, List<String> builds, boolean avx512) {
  private static final List<String> KNOWN =
      List.of("onednn-avx512", "onednn-avx2", "onednn", "avx512", "avx2");
  private static final String FOLDER = "org/nd4j/linalg/cpu/nativecpu/bindings/";

  static Nd4jFacts here() {
    // What the processor can do, in the manner of /proc/cpuinfo; another file stands for another
    // processor.
    return here(Path.of(System.getProperty("braid.cpuinfo", "/proc/cpuinfo")));
  }

  static Nd4jFacts here(Path cpuinfo) {
    ClassLoader loader = Nd4jFacts.class.getClassLoader();
    boolean engine =
        loader.getResource("org/deeplearning4j/nn/multilayer/MultiLayerNetwork.class") != null;
    return new Nd4jFacts(engine, engine ? builds(loader) : List.of(), hasAvx512(cpuinfo));
  }

  private static List<String> builds(ClassLoader loader) {
    String prefix = FOLDER + Loader.Detector.getPlatform() + "-";
    return KNOWN.stream()
        .filter(build -> loader.getResource(prefix + build + "/libnd4jcpu.so") != null)
        .toList();
  }

  private static boolean hasAvx512(Path cpuinfo) {
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      String flags =
          lines.filter(line -> line.startsWith("flags")).findFirst().orElse("flags") + " ";
      return Stream.of(" avx512f ", " avx512bw ", " avx512vl ").allMatch(flags::contains);
    } catch (IOException e) {
      return false;
    }
  }

  /** The builds this processor can run. */
  public List<String> usable() {
    return builds.stream().filter(build -> avx512 || !build.endsWith("avx512")).toList();
  }
}
