package dev.braid.worker.inference;

import dev.braid.worker.dl4j.Dl4jPlan;
import dev.braid.worker.keras.KerasModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
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
   * Loads a model: a {@code model.zip} of Braid, a model of Keras's in HDF5, or an ONNX file.
   *
   * @param onnx what an ONNX file does not say of itself
   * @throws IllegalArgumentException if the bytes are none of these, or damaged
   */
  public static LoadedModel load(byte[] file, OnnxSettings onnx) {
    if (KerasModel.isKeras(file)) {
      Model model = KerasModel.read(file);
      return new TorchModel(model, (NetworkPlan) model.description().plan());
    }
    if (!isZip(file)) {
      return new OnnxModel(file, sha256(file), onnx);
    }
    try {
      Model model = ModelFile.read(new ByteArrayInputStream(file), file.length);
      Blueprint plan = model.description().plan();
      if (plan instanceof NetworkPlan layers) {
        return new TorchModel(model, layers);
      }
      if (plan instanceof Dl4jPlan dl4j) {
        return new Dl4jModelFile(model, dl4j);
      }
      throw new IllegalArgumentException("the model's network is of a kind that is not applied");
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read", e);
    }
  }

  private static boolean isZip(byte[] file) {
    return file.length > 4 && file[0] == 'P' && file[1] == 'K';
  }

  private static String sha256(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
