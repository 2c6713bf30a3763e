package dev.braid.worker.blas;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * One BLAS for all who multiply matrices in this JVM. libtorch and ND4J bring an OpenBLAS; Spark's
 * MLlib loads the system's {@code libblas.so.3}, for the whole process to see. Where the system's
 * is an OpenBLAS too, the dynamic linker takes both bodies, {@code libopenblas.so.0}, for the same
 * one and the second front crashes in its first product; where MLlib comes first, libtorch computes
 * with the system's, which may be slow and has other last bits. So MLlib is told to use the one
 * that is here already, and whoever may be used beside MLlib loads it early.
 */
public final class OneOpenBlas {
  private static final Logger LOG = System.getLogger(OneOpenBlas.class.getName());
  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
  private static final Pattern BLAS = Pattern.compile("/lib(open|flexi|c|)blas|/lib(mkl_|blis)");
  private static final String OURS = "openblas@.0";
  private static final String NETLIB = "dev.ludovic.netlib.";

  private OneOpenBlas() {}

  /**
   * Loads OpenBLAS as libtorch and ND4J bring it, and has MLlib use the same. Where it does not
   * load nothing happens: whoever needs it will say so.
   */
  public static void loadEarly() {
    try {
      load();
    } catch (LinkageError e) {
      LOG.log(Level.DEBUG, "OpenBLAS cannot be loaded here", e);
    }
  }

  /** {@link #loadEarly}, but fails where OpenBLAS does not load. */
  public static void load() {
    Optional<String> foreign = foreign();
    Loader.load(openblas.class);
    String ours = Loader.getLoadedLibraries().get(OURS);
    if (ours == null) {
      return; // the user's choice of another, -Dorg.bytedeco.openblas.load
    }
    setUnlessSet("blas", "nativeLibPath", ours);
    setUnlessSet("lapack", "nativeLibPath", ours);
    setUnlessSet("arpack", "nativeLib", "none"); // the system's would bring the system's BLAS
    foreign.ifPresent(
        library ->
            LOG.log(
                Level.WARNING,
                "{0} was loaded before Braid, by MLlib perhaps: libtorch computes with it, maybe"
                    + " slowly, and with other last bits than elsewhere; set"
                    + " -Ddev.ludovic.netlib.blas.nativeLib=none and"
                    + " -Ddev.ludovic.netlib.lapack.nativeLib=none for driver and executors, as"
                    + " conf/spark-defaults.conf does",
                library));
  }

  private static void setUnlessSet(String library, String key, String value) {
    String prefix = NETLIB + library + ".";
    if (System.getProperty(prefix + "nativeLib") == null
        && System.getProperty(prefix + "nativeLibPath") == null) {
      System.setProperty(prefix + key, value);
    }
  }

  /** A BLAS that this process has mapped already, on Linux. */
  private static Optional<String> foreign() {
    if (!Files.isReadable(MAPPED_FILES) || Loader.getLoadedLibraries().containsKey(OURS)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(MAPPED_FILES)) {
      return lines
          .filter(line -> BLAS.matcher(line).find() && !line.contains("/org/bytedeco/"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
