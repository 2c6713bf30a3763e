package dev.braid.worker.dl4j.nd4j;

import dev.braid.worker.blas.OneOpenBlas;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.nd4j.common.io.AbstractResource;
import org.nd4j.common.io.Resource;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * ND4J's CPU backend with the natives that suit this machine, and with DL4J's oneDNN kernels.
 *
 * <p>ND4J finds it as a service, so whoever uses ND4J first gets it: a user's own code too. It
 * takes the natives for AVX-512 where the processor has it, those for AVX2 otherwise; {@code
 * -Dorg.bytedeco.javacpp.platform.extension} overrules. It turns on oneDNN, which DL4J as shipped
 * has but never uses; {@code -Dorg.eclipse.deeplearning4j.helpers.disable=true} keeps it off.
 */
public final class CpuBackend extends org.nd4j.linalg.cpu.nativecpu.CpuBackend {
  private static final String EXTENSION = "platform.extension";
  private static final String NATIVES = "org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu";

  /** One more than the backend it replaces. */
  @Override
  public int getPriority() {
    return super.getPriority() + 1;
  }

  /** Loads the natives: ND4J asks before it uses anything else of a backend. */
  @Override
  public boolean isAvailable() {
    if (System.getProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY) == null) {
      System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, "false");
    }
    OneOpenBlas.load();
    loadNatives(extension(processorFlags()));
    return true;
  }

  /** ND4J's own settings but for the executioner. */
  @Override
  public Resource getConfigurationResource() {
    Resource theirs = super.getConfigurationResource();
    String ours = "\nopexec=" + KeepingExecutioner.class.getName() + "\n"; // the last one holds
    return new AbstractResource() {
      @Override
      public InputStream getInputStream() throws IOException {
        return new SequenceInputStream(
            theirs.getInputStream(),
            new ByteArrayInputStream(ours.getBytes(StandardCharsets.ISO_8859_1)));
      }

      @Override
      public String getDescription() {
        return theirs.getDescription();
      }
    };
  }

  /**
   * Called when ND4J has begun. It gives four OpenMP threads to the thread it begins on, whatever
   * {@code OMP_NUM_THREADS} says; other threads heed that, and compute other bits.
   */
  @Override
  public void logBackendInit() {
    super.logBackendInit();
    if (Boolean.getBoolean(DL4JSystemProperties.DISABLE_HELPER_PROPERTY)) {
      getEnvironment().allowHelpers(false); // oneDNN within ND4J's operations, too
    }
    String threads = System.getenv("OMP_NUM_THREADS");
    if (threads != null && threads.matches("[0-9]{1,4}")) {
      NativeOpsHolder.getInstance()
          .getDeviceNativeOps()
          .setOmpNumThreads(Integer.parseInt(threads));
    }
  }

  /**
   * The build of the natives for a processor.
   *
   * @param flags what the processor can do, as in {@code /proc/cpuinfo}
   */
  static String extension(String flags) {
    boolean avx512 =
        flags.contains(" avx512f ") && flags.contains(" avx512bw ") && flags.contains(" avx512vl ");
    return avx512 ? "-onednn-avx512" : "-onednn-avx2";
  }

  /**
   * JavaCPP reads the wanted build from its properties, which are the whole JVM's: it is set for
   * this one load, as other libraries have other builds.
   */
  private static void loadNatives(String extension) {
    Properties properties = Loader.loadProperties();
    if (properties.putIfAbsent(EXTENSION, extension) != null) {
      initialise(NATIVES); // a person has chosen
      return;
    }
    try {
      initialise(NATIVES);
    } finally {
      properties.remove(EXTENSION);
    }
  }

  private static void initialise(String name) {
    try {
      Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("nd4j-native is not on the classpath", e);
    }
  }

  private static String processorFlags() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("") + " ";
    } catch (IOException e) {
      return "";
    }
  }
}
