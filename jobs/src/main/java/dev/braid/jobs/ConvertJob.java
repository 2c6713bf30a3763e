package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.files.GivenPath;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.model.ForeignFormat;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription.Provenance;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.torch.script.ScriptPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid convert MODEL --to KIND}: a network and its weights in another's file. */
@Command(
    name = "convert",
    description =
        "Write a model as a zip that DL4J's ModelSerializer reads (--to dl4j), or a zip of DL4J's"
            + " as a model.zip of Braid's layers, which all engines run (--to braid), or a trained"
            + " TorchScript network as a file that PyTorch reads (--to torchScript).")
final class ConvertJob implements Runnable {
  private static final String DL4J = "dl4j";

  private enum Kind {
    DL4J,
    BRAID,
    TORCHSCRIPT
  }

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model.zip or the folder of a run; for --to braid a zip of DL4J's.")
  private String model;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "KIND",
      description = "dl4j, braid or torchScript.")
  private Kind to;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file to write; it must not be there yet.")
  private String output;

  @Option(
      names = "--input",
      split = ",",
      paramLabel = "N",
      description =
          "For --to braid: sizes of one example, as channels,height,width or time,features."
              + " Default: what the network tells.")
  private List<Integer> input;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Configuration hadoop = new Configuration();
    Model converted = to == Kind.BRAID ? fromDl4j(hadoop) : Models.readToTrain(model, hadoop);
    Path file = GivenPath.of(output);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      require(!files.exists(file), "%s is there already; choose another --output", output);
      AtomicWrite.file(file, hadoop, out -> write(out, converted));
    } catch (IOException e) {
      throw new IllegalStateException(output + " cannot be written: " + e.getMessage(), e);
    }
    spec.commandLine()
        .getOut()
        .printf("%,d parameters written to %s%n", converted.params().size(), output);
  }

  private Model fromDl4j(Configuration hadoop) {
    Shape shape = input == null ? null : new Shape(input);
    Provenance provenance = new Provenance(Braid.VERSION, 0, null, 0, 0, 0);
    return ForeignFormat.required(DL4J)
        .toLayers(model, Models.bytes(model, hadoop), shape, provenance);
  }

  private void write(OutputStream out, Model converted) throws IOException {
    try {
      if (to == Kind.DL4J) {
        ForeignFormat.required(DL4J).write(out, converted);
      } else if (to == Kind.TORCHSCRIPT) {
        writeTorchScript(out, converted);
      } else {
        ModelFile.write(out, converted);
      }
    } catch (WrongSettings e) {
      throw new WrongSettings(model + ": " + e.getMessage(), e);
    }
  }

  private static void writeTorchScript(OutputStream out, Model converted) throws IOException {
    Blueprint plan = converted.description().plan();
    require(
        plan instanceof ScriptPlan,
        "only models of network: {torchScript: FILE} can be written as TorchScript");
    ((ScriptPlan) plan).write(converted.state(), out);
  }
}
