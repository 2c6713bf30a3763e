package dev.braid.worker.engine;

import java.io.Serializable;

/** Builds the replicas of one run, on whichever machine: small, and Java-serialisable. */
@FunctionalInterface
public interface ReplicaSource extends Serializable {

  /** A new replica with undefined contents: load a state before use. */
  Replica create();
}
