package dev.braid.worker.inference;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.dl4j.Dl4jPlan;
import dev.braid.worker.dl4j.SavedNetwork;
import dev.braid.worker.keras.KerasModel;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.torch.ScriptPlan;
import dev.braid.worker.torch.TorchScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A model file's bytes, of one of the formats Braid reads. */
public final class ModelBytes {
  /** From so many bytes it is told whose a file is. */
  public static final int HEAD_BYTES = 1024;

  private static final int ZIP_NAME_LENGTH_AT = 26;
  private static final int ZIP_HEADER_BYTES = 30;

  private ModelBytes() {}

  /**
   * Loads a model: a {@code model.zip} of Braid, a zip of DL4J's {@code ModelSerializer}, a model
   * of Keras's, or an ONNX file.
   *
   * @param foreign what files of others do not say of themselves
   * @throws IllegalArgumentException if the bytes are none of these, or damaged
   */
  public static LoadedModel load(byte[] file, ForeignSettings foreign) {
    if (KerasModel.isKeras(file)) {
      return loaded(KerasModel.read(file).model());
    }
    if (isPyTorch(file)) {
      return new TorchScriptModel(file, sha256(file), foreign);
    }
    if (!isZip(file)) {
      return new OnnxModel(file, sha256(file), foreign);
    }
    if (SavedNetwork.NAMES.contains(
        firstEntry(file))) { // Braid's own files hold these too, but not first
      return loaded(dl4j(file, foreign));
    }
    try {
      return loaded(ModelFile.read(new ByteArrayInputStream(file), file.length));
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read", e);
    }
  }

  /**
   * Whether PyTorch has written a file, in whatever format.
   *
   * @param head its first bytes: all, or {@link #HEAD_BYTES}
   */
  public static boolean isPyTorch(byte[] head) {
    return TorchScript.isPickle(head) || (isZip(head) && TorchScript.hasEntry(firstEntry(head)));
  }

  private static LoadedModel loaded(Model model) {
    Blueprint plan = model.description().plan();
    if (plan instanceof NetworkPlan layers) {
      return NetworkModel.of(model, layers);
    }
    if (plan instanceof ScriptPlan script) {
      return NetworkModel.of(model, script);
    }
    if (plan instanceof Dl4jPlan dl4j) {
      return new Dl4jModelFile(model, dl4j);
    }
    throw new WrongSettings("the model's network is of a kind that is not applied");
  }

  private static Model dl4j(byte[] file, ForeignSettings foreign) {
    Shape shape = foreign.inputShape() == null ? null : new Shape(foreign.inputShape());
    return SavedNetwork.read("the model", file, shape, foreign.classes());
  }

  private static boolean isZip(byte[] file) {
    return file.length > 4 && file[0] == 'P' && file[1] == 'K';
  }

  /** The name in a zip's first header; not by Java's reader, which PyTorch's zips are beyond. */
  private static String firstEntry(byte[] zip) {
    if (zip.length < ZIP_HEADER_BYTES) {
      return "";
    }
    int length = (zip[ZIP_NAME_LENGTH_AT] & 0xFF) | (zip[ZIP_NAME_LENGTH_AT + 1] & 0xFF) << 8;
    int end = Math.min(zip.length, ZIP_HEADER_BYTES + length);
    return new String(zip, ZIP_HEADER_BYTES, end - ZIP_HEADER_BYTES, StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
