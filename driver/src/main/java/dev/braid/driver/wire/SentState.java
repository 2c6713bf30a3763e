package dev.braid.driver.wire;

import dev.braid.worker.state.State;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A state that the driver has broadcast: a small one at once, a large one in parts of at most 64
 * MiB, so that neither side ever needs it whole in memory a second time. On an embedded Spark a
 * small one is a copy that all tasks read.
 */
public final class SentState implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private static final long KEY = 0;

  private final ArrayList<Part> parts = new ArrayList<>();
  private final Shared<State> shared;

  private SentState(Shared<State> shared) {
    this.shared = shared;
  }

  private record Part(ArrayList<Chunk> chunks, Broadcast<byte[][]> pieces)
      implements Serializable {}

  /** Sends the state as it is now to all tasks. */
  public static SentState send(JavaSparkContext sc, State state, WireFormat transfer) {
    boolean small = bytes(state) <= (long) StateBytes.PIECE_SIZE * Float.BYTES;
    if (sc.isLocal() && small && transfer == WireFormat.FLOAT32) {
      Shared<State> shared = Shared.open();
      shared.put(KEY, state.copy());
      return new SentState(shared);
    }
    SentState sent = new SentState(null);
    List<Chunk> part = new ArrayList<>();
    long floats = 0;
    for (Chunk chunk : Chunk.of(state, StateBytes.PIECE_SIZE)) {
      if (floats + chunk.length() > StateBytes.PIECE_SIZE) {
        sent.send(sc, state, part, transfer);
        part = new ArrayList<>();
        floats = 0;
      }
      part.add(chunk);
      floats += chunk.length();
    }
    sent.send(sc, state, part, transfer);
    return sent;
  }

  private void send(JavaSparkContext sc, State state, List<Chunk> chunks, WireFormat transfer) {
    byte[][] pieces =
        chunks.parallelStream()
            .map(chunk -> StateBytes.encode(state, chunk, transfer))
            .toArray(byte[][]::new);
    parts.add(new Part(new ArrayList<>(chunks), sc.broadcast(pieces)));
  }

  /** How large a state is on the wire, with whole numbers. */
  public static long bytes(State state) {
    return Chunk.of(state, StateBytes.PIECE_SIZE).stream().mapToLong(Chunk::bytes).sum();
  }

  /** The very state that was sent, to be read only, where the driver is in this JVM. */
  public Optional<State> inThisJvm() {
    return Optional.ofNullable(shared)
        .map(
            states ->
                states
                    .get(KEY)
                    .orElseThrow(
                        () -> new IllegalStateException("the state's round is over already")));
  }

  /** Overwrites {@code state} with the one that was sent. */
  public void receive(State state) {
    inThisJvm().ifPresent(state::copyFrom);
    for (Part part : parts) {
      byte[][] pieces = part.pieces().value();
      for (int i = 0; i < pieces.length; i++) {
        StateBytes.decode(pieces[i], part.chunks().get(i), state);
      }
    }
  }

  /** The numbers that were sent for {@code chunk}, which may be part of what travels at once. */
  public float[] values(Chunk chunk) {
    Optional<State> here = inThisJvm();
    if (here.isPresent()) {
      return Arrays.copyOfRange(chunk.array(here.get()), chunk.at(), chunk.at() + chunk.length());
    }
    for (Part part : parts) {
      for (int i = 0; i < part.chunks().size(); i++) {
        if (part.chunks().get(i).contains(chunk)) {
          return StateBytes.floats(part.pieces().value()[i], part.chunks().get(i), chunk);
        }
      }
    }
    throw new IllegalStateException(chunk + " is not part of what was sent");
  }

  /** Frees the memory it takes on driver and executors. */
  @Override
  public void close() {
    parts.forEach(part -> part.pieces().destroy());
    if (shared != null) {
      shared.close();
    }
  }
}
