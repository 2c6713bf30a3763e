package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.Dl4jEngine;
import dev.braid.worker.dl4j.Dl4jEntries;
import dev.braid.worker.dl4j.Dl4jEntries.Content;
import dev.braid.worker.dl4j.Dl4jPlan;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
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
 *   configuration.json     and further entries of DL4J's, where they are asked for and DL4J can
 *                          express the network: its ModelSerializer opens the same file
 * </pre>
 *
 * The same model gives the same bytes. Reading runs no code from the file and writes nothing to
 * disk, except for a TorchScript network, which is a program; it refuses with an {@link
 * IllegalArgumentException} whatever is damaged or does not belong.
 */
public final class ModelFile {
  private static final int FORMAT = 1;
  private static final String DESCRIPTION = "model.json";
  private static final String WEIGHTS = "weights.safetensors";
  private static final int MAX_DESCRIPTION_BYTES = 64 << 20;

  /** Any fixed time that a zip can hold and that is the same in every time zone. */
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ModelFile() {}

  /**
   * Writes the file and closes the stream. A network of DL4J's has DL4J's entries, which hold its
   * updater's memory; others have not, see {@link #writeWithDl4j}.
   */
  public static void write(OutputStream out, Model model) throws IOException {
    Blueprint plan = model.description().plan();
    write(out, model, plan instanceof Dl4jPlan ? dl4jEntries(plan, model) : Map.of());
  }

  /**
   * Writes the file with DL4J's entries, where DL4J can express the network, and closes the stream.
   * It is twice as large then, and ND4J is loaded.
   */
  public static void writeWithDl4j(OutputStream out, Model model) throws IOException {
    write(out, model, dl4jEntries(model.description().plan(), model));
  }

  private static void write(OutputStream out, Model model, Map<String, Content> dl4j)
      throws IOException {
    Blueprint plan = model.description().plan();
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.put("modelSha256", model.sha256());
    json.setAll((ObjectNode) JSON.valueToTree(model.description()));
    byte[] description = JSON.writeValueAsBytes(json);
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      put(zip, DESCRIPTION, entry -> entry.write(description));
      put(zip, WEIGHTS, entry -> Safetensors.write(entry, model.tensors(plan.layout())));
      for (Map.Entry<String, Content> entry : dl4j.entrySet()) {
        put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  /** Nothing where DL4J cannot express the network, or is not here to write it. */
  private static Map<String, Content> dl4jEntries(Blueprint plan, Model model) {
    if (!Dl4jEngine.isHere()) {
      return Map.of();
    }
    try {
      return Dl4jEntries.of(plan, model.state(), model.description().normalisers());
    } catch (WrongSettings e) {
      return Map.of();
    }
  }

  /**
   * Writes a zip with DL4J's entries alone, and closes the stream.
   *
   * @throws IllegalArgumentException naming what DL4J cannot express
   */
  public static void writeForDl4j(OutputStream out, Model model) throws IOException {
    Dl4jEngine.requireHere("a file for DL4J");
    Map<String, Content> entries =
        Dl4jEntries.of(
            model.description().plan(), model.state(), model.description().normalisers());
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      for (Map.Entry<String, Content> entry : entries.entrySet()) {
        put(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  /** An entry that is not compressed needs its length and checksum before its content. */
  private static void put(ZipOutputStream zip, String name, Content content) throws IOException {
    Measure measure = new Measure();
    content.writeTo(measure);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(measure.size);
    entry.setCrc(measure.crc.getValue());
    zip.putNextEntry(entry);
    content.writeTo(zip);
    zip.closeEntry();
  }

  /** Counts and checksums what is written to it. */
  private static final class Measure extends OutputStream {
    private final CRC32 crc = new CRC32();
    private long size;

    @Override
    public void write(int value) {
      crc.update(value);
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      crc.update(bytes, offset, length);
      size += length;
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

  /** Reads over DL4J's entries, so that all checksums are compared. */
  private static List<Blocks> readMemory(ZipInputStream zip) throws IOException {
    List<Blocks> memory = List.of();
    for (ZipEntry more = zip.getNextEntry(); more != null; more = zip.getNextEntry()) {
      require(
          Dl4jEntries.NAMES.contains(more.getName()),
          "entry '%s' does not belong into a model file",
          more);
      if (Dl4jEntries.isMemory(more.getName())) {
        memory = Dl4jEntries.readMemory(zip);
      }
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
