package dev.braid.worker.network;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Section {@code network} of a job file: layers, or where a network is to be taken from. Its keys
 * tell the kinds apart.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION, defaultImpl = Network.class)
@JsonSubTypes(@JsonSubTypes.Type(Network.class)) // guests register theirs
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
