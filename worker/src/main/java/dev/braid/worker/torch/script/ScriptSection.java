package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.loss.Loss;
import dev.braid.worker.network.NetworkSection;
import dev.braid.worker.network.Start;
import dev.braid.worker.torch.runtime.TorchClasspath;
import java.util.Optional;

/**
 * Section {@code network} of a job file that names a module of PyTorch's, scripted or traced:
 * {@code network: {torchScript: FILE}}. Training begins with the file's numbers. The file holds a
 * program, which is run: name only files whose origin is trusted.
 *
 * @param torchScript path of the file
 * @param loss of what the module gives, which is before softmax or sigmoid; null for cross-entropy
 *     where the labels are classes and the mean squared error where they are numbers
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
public record ScriptSection(@JsonProperty(required = true) String torchScript, Loss loss)
    implements NetworkSection {
  public ScriptSection {
    require(
        torchScript != null && !torchScript.isBlank(),
        "network.torchScript needs the path of a file");
  }

  @Override
  public Start start(Files files) {
    TorchClasspath.requireHere("network.torchScript");
    byte[] file = files.read(torchScript);
    try (Script script = new Script(file)) {
      Script.Numbers numbers = script.takeNumbers();
      return new Start(
          new ScriptArchitecture(numbers.program(), loss),
          Optional.of(numbers.state()),
          Optional.empty());
    } catch (WrongSettings e) {
      throw new WrongSettings(torchScript + ": " + e.getMessage(), e);
    }
  }
}
