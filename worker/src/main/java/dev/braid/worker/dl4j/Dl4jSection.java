package dev.braid.worker.dl4j;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.dl4j.nd4j.Dl4jClasspath;
import dev.braid.worker.dl4j.network.Dl4jFile;
import dev.braid.worker.network.NetworkSection;
import dev.braid.worker.network.Start;

/**
 * Section {@code network} of a job file that names a file of DL4J's: {@code network: {dl4j: FILE}}.
 * A zip brings its weights, its updater's memory and its normaliser, where it has them; a
 * configuration in JSON or YAML begins with weights of its own initialisers.
 *
 * @param dl4j path of the file
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
public record Dl4jSection(@JsonProperty(required = true) String dl4j) implements NetworkSection {
  public Dl4jSection {
    require(dl4j != null && !dl4j.isBlank(), "network.dl4j needs the path of a file");
  }

  @Override
  public Start start(Files files) {
    Dl4jClasspath.requireHere("network.dl4j");
    return Dl4jFile.start(dl4j, files.read(dl4j));
  }
}
