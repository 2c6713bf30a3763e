package dev.braid.worker.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.dl4j.Dl4jSection;
import dev.braid.worker.dl4j.Zoo;
import dev.braid.worker.network.Network;
import dev.braid.worker.torch.ScriptSection;

/**
 * Section {@code network} of a job file: layers, or where a network is to be taken from. Its keys
 * tell the kinds apart.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION, defaultImpl = Network.class)
@JsonSubTypes({
  @JsonSubTypes.Type(Network.class),
  @JsonSubTypes.Type(Dl4jSection.class),
  @JsonSubTypes.Type(Zoo.class),
  @JsonSubTypes.Type(ScriptSection.class)
})
public interface NetworkSection {

  /**
   * The network it speaks of.
   *
   * @throws IllegalArgumentException when there is none, naming file and reason
   */
  Start start(Files files);

  /** The files that a section may name. */
  @FunctionalInterface
  interface Files {

    /**
     * All bytes of a file.
     *
     * @throws IllegalArgumentException when it cannot be read, naming it
     */
    byte[] read(String path);
  }
}
