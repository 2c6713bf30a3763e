package dev.braid.driver.run;

import dev.braid.driver.checkpoint.ChangedSettings;
import dev.braid.driver.checkpoint.Checkpoints;
import dev.braid.driver.checkpoint.Checkpoints.Found;
import dev.braid.driver.checkpoint.Saved;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The checkpoints of one run while it goes on: which it begins from, when the next is written, and
 * what is said of them. A run without any says so where it matters.
 */
public final class Saving {
  private final Optional<Checkpointing> checkpointing;
  private final RunListener listener;
  private long last = System.nanoTime();
  private int lastRound = -1;

  public Saving(Optional<Checkpointing> checkpointing, RunListener listener) {
    this.checkpointing = checkpointing;
    this.listener = listener;
  }

  /** Writes what the run has done so far. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes a checkpoint.
     *
     * @param settings of the run, which go into it
     * @return where it lies
     */
    String write(Checkpoints folder, Map<String, String> settings) throws IOException;
  }

  /**
   * Begins a run, or goes on with one from its newest checkpoint.
   *
   * @param newest looks for it
   * @param restore takes over what is in it
   * @throws IllegalArgumentException where there are checkpoints of a run with other settings, or
   *     any that nobody wants to go on from
   */
  public <T extends Saved> void begin(
      Function<Checkpoints, Optional<Found<T>>> newest, Consumer<Found<T>> restore) {
    if (checkpointing.isEmpty()) {
      return;
    }
    Checkpointing from = checkpointing.get();
    from.requireFree();
    if (!from.resume()) {
      return;
    }
    Optional<Found<T>> found = newest.apply(from.folder());
    if (found.isEmpty()) {
      listener.resumed(0, "no checkpoint in " + from.folder(), List.of());
      return;
    }
    T saved = found.get().checkpoint();
    ChangedSettings.requireNone(found.get().path(), saved.settings(), from.settings(), from.free());
    restore.accept(found.get());
    lastRound = saved.round();
    listener.resumed(lastRound, "checkpoint " + found.get().path(), found.get().damaged());
  }

  /** Writes a checkpoint if one is due after so many rounds. */
  public void whenDue(int rounds, Writer writer) {
    double seconds = (System.nanoTime() - last) / 1e9;
    if (checkpointing.isPresent() && checkpointing.get().plan().isDue(rounds, seconds)) {
      now(rounds, writer);
    }
  }

  /** Writes a checkpoint of what the last round has left, unless it is there already. */
  public void now(int rounds, Writer writer) {
    if (checkpointing.isEmpty() || rounds == lastRound) {
      return;
    }
    Checkpointing to = checkpointing.get();
    long begin = System.nanoTime();
    try {
      String path = writer.write(to.folder(), to.settings());
      lastRound = rounds;
      listener.checkpointed(rounds, path, (System.nanoTime() - begin) / 1e9);
    } catch (IOException e) {
      listener.checkpointFailed(rounds, e.getMessage());
    }
    last = System.nanoTime();
  }

  /** A sentence that names the last checkpoint; empty where there is none. */
  public Optional<String> kept() {
    return lastRound < 0
        ? Optional.empty()
        : Optional.of(
            "the state after round %d is kept in %s"
                .formatted(lastRound, checkpointing.orElseThrow().folder()));
  }

  /**
   * A last checkpoint, and a word that says how to go on.
   *
   * @param rounds done
   * @param writer empty where a round that was called off has left nothing to write
   */
  public Stopped stopped(int rounds, Optional<Writer> writer) {
    if (checkpointing.isEmpty()) {
      return new Stopped("stopped after round %d, without a checkpoint".formatted(rounds));
    }
    writer.ifPresent(now -> now(rounds, now));
    return new Stopped(
        lastRound < 0
            ? "stopped after round %d; no checkpoint could be written".formatted(rounds)
            : "stopped after round %d; go on from round %d with --resume"
                .formatted(rounds, lastRound));
  }
}
