package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.keras.KerasModel;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.model.Safetensors;
import dev.braid.worker.network.Start;
import dev.braid.worker.torch.script.TorchScript;
import dev.braid.worker.transfer.LearnedWeights;
import dev.braid.worker.transfer.NamedTensors;
import dev.braid.worker.transfer.TransferAdapter;
import dev.braid.worker.transfer.TransferPlan;
import dev.braid.worker.transfer.WordRows;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Model files on any file system Hadoop knows. */
final class Models {
  private Models() {}

  /**
   * Reads a model to be applied.
   *
   * @param path of the file, or of the folder of the run that trained it
   * @throws IllegalArgumentException when there is none or it is damaged
   */
  static Model read(String path, Configuration hadoop) {
    return read(path, hadoop, KerasModel::model);
  }

  /**
   * Reads a model to be trained on with its own losses.
   *
   * @param path of the file, or of the folder of the run that trained it
   * @throws IllegalArgumentException when there is none, it is damaged or has no such losses
   */
  static Model readToTrain(String path, Configuration hadoop) {
    return read(path, hadoop, KerasModel::toTrain);
  }

  private static Model read(
      String path, Configuration hadoop, Function<KerasModel, Model> ofKeras) {
    Path file = GivenPath.of(path);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "%s: no such file", path);
      if (files.getFileStatus(file).isDirectory()) {
        file = new Path(file, "model.zip");
        require(files.exists(file), "%s: no such file", file);
      }
      byte[] head = head(files, file);
      if (KerasModel.isKeras(head)) {
        return ofKeras.apply(KerasModel.read(bytes(path, hadoop)));
      }
      require(
          !TorchScript.isPyTorch(head),
          "%s is a file of PyTorch's: 'network: {torchScript: FILE}' trains a module in"
              + " TorchScript, and infer applies it",
          path);
      return ModelFile.read(files.open(file), files.getFileStatus(file).getLen());
    } catch (IOException e) {
      throw new WrongSettings(path + ": cannot be read: " + e.getMessage(), e);
    } catch (WrongSettings e) {
      throw e.getMessage().startsWith(path)
          ? e
          : new WrongSettings(path + ": " + e.getMessage(), e);
    }
  }

  private static byte[] head(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return in.readNBytes(TorchScript.HEAD_BYTES);
    }
  }

  /**
   * What a job's transfer section begins with.
   *
   * @param say is told what is odd about its file but can be read
   * @throws IllegalArgumentException when its model cannot be read or does not have the layers
   */
  static Start start(TransferPlan transfer, Configuration hadoop, Consumer<String> say) {
    if (transfer.architecture() == null && transfer.network() == null) {
      boolean keepsOutputs = transfer.head().isEmpty();
      Model base =
          keepsOutputs ? readToTrain(transfer.model(), hadoop) : read(transfer.model(), hadoop);
      return TransferAdapter.start(transfer, base);
    }
    if (transfer.model() == null) {
      return TransferAdapter.start(transfer, LearnedWeights.NONE);
    }
    try {
      return TransferAdapter.start(transfer, weights(transfer, hadoop, say));
    } catch (WrongSettings e) {
      throw e.getMessage().startsWith("transfer.")
          ? e
          : new WrongSettings(transfer.model() + ": " + e.getMessage(), e);
    }
  }

  private static LearnedWeights weights(
      TransferPlan transfer, Configuration hadoop, Consumer<String> say) {
    byte[] bytes = bytes(transfer.model(), hadoop);
    if (KerasModel.isKeras(bytes)) {
      return KerasModel.weights(bytes);
    }
    require(
        !TorchScript.isPyTorch(bytes),
        "a file of PyTorch's, of which Braid reads no tensors; write them in Python by"
            + " safetensors.torch.save_file(model.state_dict(), FILE)");
    boolean isSafetensors = bytes.length > 8 && bytes[8] == '{';
    if (isSafetensors) {
      return new NamedTensors(Safetensors.readAll(bytes), transfer.names());
    }
    return new WordRows(VectorReader.table(transfer.model(), hadoop, say));
  }

  /**
   * All bytes of a file that a network is to be taken from.
   *
   * @throws IllegalArgumentException when it cannot be read
   */
  static byte[] bytes(String path, Configuration hadoop) {
    Path file = GivenPath.of(path);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      require(files.exists(file), "%s: no such file", path);
      require(files.getFileStatus(file).isFile(), "%s: not a file", path);
      try (InputStream in = files.open(file)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new WrongSettings(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
