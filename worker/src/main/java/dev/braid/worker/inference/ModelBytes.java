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

  /** Loads a model on the engine that comes first. */
  public static LoadedModel load(byte[] file, ForeignSettings foreign) {
    return load(file, new LoadingPlan(foreign, null));
  }

  /**
   * Loads a model: a {@code model.zip} of Braid, or a file of another {@link ModelKind}.
   *
   * @throws IllegalArgumentException if the bytes are none of these, or damaged, or nothing that
   *     the named engine applies
   */
  public static LoadedModel load(byte[] file, LoadingPlan how) {
    for (ModelKind kind : ModelKind.all()) {
      if (kind.reads(file)) {
        return kind.read(file, how);
      }
    }
    try {
      return load(ModelFile.read(new ByteArrayInputStream(file), file.length), how);
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read", e);
    }
  }

  /** Loads a model that was read from a file, on the engine that comes first. */
  public static LoadedModel load(Model model) {
    return load(model, LoadingPlan.DEFAULT);
  }

  /** Loads a model that was read from a file. */
  public static LoadedModel load(Model model, LoadingPlan how) {
    Blueprint plan = model.description().plan();
    return ModelKind.all().stream()
        .filter(kind -> how.engine() == null || how.engine().equals(kind.engine()))
        .flatMap(kind -> kind.load(model, plan).stream())
        .findFirst()
        .orElseThrow(() -> notApplied(how));
  }

  private static WrongSettings notApplied(LoadingPlan how) {
    return new WrongSettings(
        how.engine() == null
            ? "the model's network is of a kind that is not applied"
            : "engine: %s does not apply networks like the model's; leave engine out"
                .formatted(how.engine()));
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
