package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.StoredEntry;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.Guest;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.task.TaskJson;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A model as one file, {@code model.zip}, uncompressed:
 *
 * <pre>
 *   model.json             format, modelSha256 and the {@link ModelDescription}
 *   weights.safetensors    parameters and running statistics by name
 *   ...                    entries that another program reads, which opens the same file
 * </pre>
 *
 * The same model gives the same bytes. Reading runs no code from the file and writes nothing to
 * disk, except for a network that is a program; it refuses with an {@link IllegalArgumentException}
 * whatever is damaged or does not belong.
 */
public final class ModelFile {
  private static final int FORMAT = 1;
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final int MAX_DESCRIPTION_BYTES = 64 << 20;

  private static final JsonMapper JSON =
      TaskJson.register(
          Guest.register(
              JsonMapper.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()));

  private ModelFile() {}

  /**
   * Writes the file, with what another program needs of a {@link Guest}'s network, and closes the
   * stream.
   */
  public static void write(OutputStream out, Model model) throws IOException {
    Blueprint plan = model.description().plan();
    write(out, model, plan.entries(model.state(), model.description().normalisers()));
  }

  /**
   * Writes the file and closes the stream.
   *
   * @param more entries behind Braid's own, in their order; of names that a {@link Guest} knows
   */
  public static void write(OutputStream out, Model model, Map<String, StoredEntry.Content> more)
      throws IOException {
    Blueprint plan = model.description().plan();
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.put("modelSha256", model.sha256());
    json.setAll((ObjectNode) JSON.valueToTree(model.description()));
    byte[] description = JSON.writeValueAsBytes(json);
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      StoredEntry.put(zip, DESCRIPTION, entry -> entry.write(description));
      StoredEntry.put(
          zip, WEIGHTS, entry -> Safetensors.write(entry, model.tensors(plan.layout())));
      for (Map.Entry<String, StoredEntry.Content> entry : more.entrySet()) {
        StoredEntry.put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  /**
   * Reads a file and closes the stream.
   *
   * @param numBytes length of the file: memory is only taken for weights that can lie in it
   * @throws IllegalArgumentException if it is no model, is damaged or holds something else
   */
  public static Model read(InputStream in, long numBytes) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(in))) {
      requireEntry(zip, DESCRIPTION);
      ModelDescription description = readDescription(zip);
      StateLayout layout = description.plan().layout();
      requireFits(layout, numBytes);
      Model model =
          new Model(
              description, Blocks.zeros(layout.numParams()), Blocks.zeros(layout.numStatistics()));
      requireEntry(zip, WEIGHTS);
      Safetensors.read(zip, model.tensors(layout));
      require(
          model.params().isFinite(),
          "the model's parameters are not all finite: they are of a training that has diverged");
      return new Model(description, model.params(), model.statistics(), readMemory(zip));
    } catch (ZipException | EOFException e) {
      throw new WrongSettings("the zip file is damaged: " + e.getMessage(), e);
    }
  }

  /** Reads over the guests' entries, so that all checksums are compared. */
  private static List<Blocks> readMemory(ZipInputStream zip) throws IOException {
    List<Guest> guests = Guest.all().toList();
    List<Blocks> memory = List.of();
    for (ZipEntry more = zip.getNextEntry(); more != null; more = zip.getNextEntry()) {
      String name = more.getName();
      Guest guest =
          guests.stream()
              .filter(each -> each.entries().contains(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new WrongSettings(
                          "entry '%s' does not belong into a model file".formatted(name)));
      List<Blocks> kept = guest.memory(name, zip);
      memory = kept.isEmpty() ? memory : kept;
    }
    return memory;
  }

  private static void requireEntry(ZipInputStream zip, String name) throws IOException {
    ZipEntry entry = zip.getNextEntry();
    require(entry != null, "no model file: it has no entry %s", name);
    require(
        entry.getName().equals(name),
        "no model file: its entry '%s' should be %s; a model file holds %s and then %s",
        entry.getName(),
        name,
        DESCRIPTION,
        WEIGHTS);
  }

  private static ModelDescription readDescription(InputStream in) throws IOException {
    byte[] text = in.readNBytes(MAX_DESCRIPTION_BYTES + 1);
    require(
        text.length <= MAX_DESCRIPTION_BYTES,
        "%s has more than the %d bytes it may have",
        DESCRIPTION,
        MAX_DESCRIPTION_BYTES);
    try {
      JsonNode root = JSON.readTree(text);
      require(
          root.path("format").asInt() == FORMAT,
          "%s has format %s; this version of Braid reads format %d",
          DESCRIPTION,
          root.path("format"),
          FORMAT);
      ObjectNode description = (ObjectNode) root;
      description.remove("format");
      description.remove("modelSha256");
      return JSON.treeToValue(description, ModelDescription.class);
    } catch (JsonProcessingException e) {
      throw new WrongSettings(DESCRIPTION + ": " + e.getOriginalMessage(), e);
    }
  }

  private static void requireFits(StateLayout layout, long numBytes) {
    long needed = (layout.numParams() + layout.numStatistics()) * Float.BYTES;
    require(
        needed <= numBytes,
        "the network needs %d bytes of weights, but the file has only %d; it is damaged or has been"
            + " compressed",
        needed,
        numBytes);
  }
}
