package dev.braid.worker.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
 * @param javaFeature 17 for Java 17
 * @param javaHome where that Java lies
 * @param closedPackages packages Spark needs that are not opened
 * @param vector whether the Vector API is there
 * @param ompThreads the variable OMP_NUM_THREADS; empty when not set
 * @param torch libtorch in this process
 * @param nd4j ND4J's natives
 * @param javacpp version of the bridge to natives, as its class says
 * @param heapBytes the Java heap may grow to
 * @param cache folder that natives are unpacked to
 * @param cacheFreeBytes on its disk
 * @param temporaryFreeBytes on the disk of temporary files
 * @param gpus graphics processors this process can see
 * @param clockMillis of the machine, since 1970
 */
public record ProcessFacts(
    String host,
    int javaFeature,
    String javaHome,
    List<String> closedPackages,
    boolean vector,
    String ompThreads,
    TorchFacts torch,
    Nd4jFacts nd4j,
    String javacpp,
    long heapBytes,
    String cache,
    long cacheFreeBytes,
    long temporaryFreeBytes,
    int gpus,
    long clockMillis) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Looks at this process; loads libtorch. */
  public static ProcessFacts here() {
    try {
      Path cache = Loader.getCacheDir().toPath();
      String omp = System.getenv("OMP_NUM_THREADS");
      return new ProcessFacts(
          InetAddress.getLocalHost().getHostName(),
          Runtime.version().feature(),
          System.getProperty("java.home"),
          JvmFlags.closed(),
          JvmFlags.hasVector(),
          omp == null ? "" : omp,
          TorchFacts.here(),
          Nd4jFacts.here(),
          Loader.getVersion("org.bytedeco", "javacpp") + "",
          Runtime.getRuntime().maxMemory(),
          cache.toString(),
          Files.getFileStore(cache).getUsableSpace(),
          Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir"))).getUsableSpace(),
          Gpus.here(),
          System.currentTimeMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
