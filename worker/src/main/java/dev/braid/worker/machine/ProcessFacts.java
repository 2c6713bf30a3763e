package dev.braid.worker.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.Library;
import dev.braid.worker.torch.runtime.TorchFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * What a JVM and its machine can do for Braid.
 *
 * @param host its name
 * @param java the JVM
 * @param torch libtorch in this process
 * @param natives what else it computes with
 * @param disks where natives and temporary files lie
 * @param gpus graphics processors this process can see
 * @param clockMillis of the machine, since 1970
 */
public record ProcessFacts(
    String host,
    Jvm java,
    TorchFacts torch,
    Natives natives,
    Disks disks,
    int gpus,
    long clockMillis) {
  /**
   * A JVM.
   *
   * @param feature 17 for Java 17
   * @param home where that Java lies
   * @param closedPackages packages Spark needs that are not opened
   * @param vectorBits width of its vectors; 0 where the Vector API is not there
   * @param heapBytes the Java heap may grow to
   */
  public record Jvm(
      int feature, String home, List<String> closedPackages, int vectorBits, long heapBytes) {}

  /**
   * Native libraries.
   *
   * @param ompThreads the variable OMP_NUM_THREADS; empty when not set
   * @param nd4j ND4J's natives
   * @param javacpp version of the bridge to natives, as its class says; empty where it is not here
   */
  public record Natives(String ompThreads, Nd4jFacts nd4j, String javacpp) {}

  /**
   * Room on disks.
   *
   * @param cache folder that natives are unpacked to, where there are any
   * @param cacheFreeBytes on its disk
   * @param temporaryFreeBytes on the disk of temporary files
   */
  public record Disks(String cache, long cacheFreeBytes, long temporaryFreeBytes) {}

  private static final Library JAVACPP =
      new Library("JavaCPP", "org/bytedeco/javacpp/Loader.class", "-Pjvm");

  private static final JsonMapper JSON = new JsonMapper();

  /** Looks at this process; loads libtorch. */
  public static ProcessFacts here() {
    try {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      boolean natives = JAVACPP.isHere();
      Path cache = natives ? Loader.getCacheDir().toPath() : temporary;
      String omp = System.getenv("OMP_NUM_THREADS");
      return new ProcessFacts(
          InetAddress.getLocalHost().getHostName(),
          new Jvm(
              Runtime.version().feature(),
              System.getProperty("java.home"),
              JvmFlags.closed(),
              JvmFlags.vectorBits(),
              Runtime.getRuntime().maxMemory()),
          TorchFacts.here(),
          new Natives(
              omp == null ? "" : omp,
              Nd4jFacts.here(),
              natives ? Loader.getVersion("org.bytedeco", "javacpp") + "" : ""),
          new Disks(cache.toString(), freeBytes(cache), freeBytes(temporary)),
          Gpus.here(),
          System.currentTimeMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long freeBytes(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  /** As a text, which any serializer can carry. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From {@link #toJson}. */
  public static ProcessFacts of(String json) {
    try {
      return JSON.readValue(json, ProcessFacts.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
