package dev.braid.worker.dl4j.network;

import dev.braid.worker.data.Normaliser;
import dev.braid.worker.dl4j.nd4j.VectorCopy;
import dev.braid.worker.format.StoredEntry.Content;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The entries that DL4J's {@code ModelSerializer} looks for in a zip. It ignores all others, so a
 * model file may have them beside its own. The same model gives the same bytes.
 */
public final class Dl4jEntries {
  /** All that there may be. */
  public static final Set<String> NAMES =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.UPDATER_BIN,
          ModelSerializer.NORMALIZER_BIN);

  private Dl4jEntries() {}

  /**
   * Whether an entry is the memory of the network's own updater, see {@link #readMemory}.
   *
   * @param name of the entry
   */
  public static boolean isMemory(String name) {
    return name.equals(ModelSerializer.UPDATER_BIN);
  }

  /**
   * A trained network as DL4J writes it.
   *
   * @param withMemory whether the memory of its updater is written, too
   * @param normalisers one per input
   * @param inputs shapes of the network's inputs
   * @return contents by the name of their entry, in order
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  public static Map<String, Content> of(
      Dl4jModel model, boolean withMemory, List<Normaliser> normalisers, List<Shape> inputs) {
    Optional<Normalizer<?>> normalizer = Dl4jNormalisers.toTheirs(normalisers, inputs);
    Map<String, Content> entries = new LinkedHashMap<>();
    byte[] configuration = model.countedJson().getBytes(StandardCharsets.UTF_8);
    entries.put(ModelSerializer.CONFIGURATION_JSON, out -> out.write(configuration));
    entries.put(ModelSerializer.COEFFICIENTS_BIN, out -> write(model.params(), out));
    if (withMemory) {
      entries.put(ModelSerializer.UPDATER_BIN, out -> write(model.updaterState(), out));
    }
    normalizer
        .map(Dl4jEntries::bytes)
        .ifPresent(bytes -> entries.put(ModelSerializer.NORMALIZER_BIN, out -> out.write(bytes)));
    return entries;
  }

  /** DL4J closes the stream that it writes a normaliser to. */
  private static byte[] bytes(Normalizer<?> normalizer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      NormalizerSerializer.getDefault().write(normalizer, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a normaliser cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(INDArray array, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    Nd4j.write(array, data);
    data.flush();
  }

  /** What the network's own updater remembers, from the entry that {@link #isMemory}. */
  public static List<Blocks> readMemory(InputStream in) throws IOException {
    return List.of(VectorCopy.blocks(Nd4j.read(new DataInputStream(in))));
  }
}
