package dev.braid.worker.dl4j.network;

import static dev.braid.worker.Check.require;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What DL4J is shown of a zip: entries that are data. Its own reader would also run what others
 * hold, serialised Java objects and normalisers of classes that the file names.
 */
final class DataEntries {
  private static final Set<String> DATA =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.UPDATER_BIN,
          ModelSerializer.NO_PARAMS_MARKER);

  /** Entries that hold an array. */
  private static final Set<String> ARRAYS =
      Set.of(ModelSerializer.COEFFICIENTS_BIN, ModelSerializer.UPDATER_BIN);

  /** Entries that DL4J takes for serialised Java objects. */
  private static final Set<String> OBJECTS = Set.of(ModelSerializer.PREPROCESSOR_BIN);

  /** Ways of keeping numbers, in old files, that say how many there are by an int. */
  private static final Set<String> WITH_INT_SIZES = Set.of("DIRECT", "HEAP", "JAVACPP");

  private static final String NORMALIZER_HEADER = "NORMALIZER";
  private static final String CUSTOM = "CUSTOM";

  private DataEntries() {}

  /**
   * A zip of the data in {@code zip} alone.
   *
   * @throws IllegalArgumentException when it holds serialised Java
   */
  static byte[] of(byte[] zip) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(zip));
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
        String name = entry.getName();
        byte[] content = from.readAllBytes(); // an end that is missing is found here
        require(
            !OBJECTS.contains(name),
            "entry %s holds serialised Java, which a model file may not; save it without",
            name);
        if (ARRAYS.contains(name) && content.length > 0) {
          requireWhole(name, content);
        }
        boolean normalizer = name.equals(ModelSerializer.NORMALIZER_BIN);
        if (normalizer) {
          requireData(content);
        }
        if (normalizer || DATA.contains(name)) {
          to.putNextEntry(new ZipEntry(name));
          to.write(content);
          to.closeEntry();
        }
      }
    }
    return out.toByteArray();
  }

  /**
   * An array is two buffers, its shape's and its numbers': how they are kept, how many there are,
   * their type, then they themselves. ND4J takes memory for as many as a file says, and crashes
   * where there is not enough.
   */
  private static void requireWhole(String name, byte[] array) {
    boolean whole = true;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(array))) {
      for (int buffer = 0; buffer < 2 && whole; buffer++) {
        long size = WITH_INT_SIZES.contains(in.readUTF()) ? in.readInt() : in.readLong();
        int width = DataType.valueOf(in.readUTF()).width();
        whole = width > 0 && size >= 0 && size <= in.available() / width;
        in.skipNBytes(whole ? size * width : 0);
      }
    } catch (IOException | IllegalArgumentException e) {
      whole = false;
    }
    require(whole, "entry %s is damaged: its numbers are not as many as it says", name);
  }

  /** A normaliser of DL4J's own kinds: its file begins with a word, a version and its kind. */
  private static void requireData(byte[] normalizer) {
    String kind = "";
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(normalizer))) {
      if (in.readUTF().equals(NORMALIZER_HEADER)) {
        in.readInt();
        kind = in.readUTF();
      }
    } catch (IOException e) {
      // No such header: then it is of no known kind.
    }
    require(
        !kind.isEmpty() && !kind.equals(CUSTOM),
        "entry %s is no normaliser of DL4J's own kinds; serialised Java and classes that a file"
            + " names are not run",
        ModelSerializer.NORMALIZER_BIN);
  }
}
