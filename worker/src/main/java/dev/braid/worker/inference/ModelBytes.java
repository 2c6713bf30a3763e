package dev.braid.worker.inference;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Blueprint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A model file's bytes, of one of the formats Braid reads. */
public final class ModelBytes {
  private ModelBytes() {}

  /**
   * Loads a model: a {@code model.zip} of Braid, or a file of another {@link ModelKind}.
   *
   * @param foreign what files of others do not say of themselves
   * @throws IllegalArgumentException if the bytes are none of these, or damaged
   */
  public static LoadedModel load(byte[] file, ForeignSettings foreign) {
    for (ModelKind kind : ModelKind.all()) {
      if (kind.reads(file)) {
        return kind.read(file, foreign);
      }
    }
    try {
      return load(ModelFile.read(new ByteArrayInputStream(file), file.length));
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read", e);
    }
  }

  /** Loads a model that was read from a file. */
  public static LoadedModel load(Model model) {
    Blueprint plan = model.description().plan();
    return ModelKind.all().stream()
        .flatMap(kind -> kind.load(model, plan).stream())
        .findFirst()
        .orElseThrow(
            () -> new WrongSettings("the model's network is of a kind that is not applied"));
  }

  /** SHA-256 of a file, 64 hexadecimal digits. */
  public static String sha256(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
