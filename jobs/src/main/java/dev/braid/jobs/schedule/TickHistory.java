package dev.braid.jobs.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What has run, in a folder:
 *
 * <pre>
 *   history.jsonl   a line for every tick, when it is over
 *   begun.jsonl     a line for every run, on the disk before it begins
 *   lock            held by the scheduler that writes
 * </pre>
 *
 * A tick is in one of them before its run begins, so that none runs twice, whatever happens to the
 * scheduler.
 */
final class TickHistory implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path ended;
  private final Path begun;
  private final Map<String, HistoryLine> last = new HashMap<>();
  private final Map<String, Instant> lastTicks = new HashMap<>();
  private final List<HistoryLine> lost = new ArrayList<>();
  private FileChannel lock;

  private TickHistory(Path folder) {
    this.ended = folder.resolve("history.jsonl");
    this.begun = folder.resolve("begun.jsonl");
    Map<String, HistoryLine> open = new HashMap<>();
    read(begun, line -> open.put(run(line), line));
    read(
        ended,
        line -> {
          open.remove(run(line));
          note(line);
        });
    open.values().stream()
        .sorted((a, b) -> Instant.parse(a.tick()).compareTo(Instant.parse(b.tick())))
        .forEach(lost::add);
  }

  private static String run(HistoryLine line) {
    return line.tick() + " " + line.job();
  }

  /** What there is, to look at. */
  static TickHistory read(Path folder) {
    return new TickHistory(folder);
  }

  /**
   * What there is, to go on with; runs that a scheduler before this one left behind are noted as
   * lost.
   *
   * @throws IllegalArgumentException when another scheduler goes on with it
   */
  static TickHistory open(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel lock =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isTaken(lock)) {
        lock.close();
        throw new WrongSettings(
            "another schedule is running with the history %s; set history to another folder"
                .formatted(folder));
      }
      TickHistory history = new TickHistory(folder);
      history.lock = lock;
      history.lost.forEach(line -> history.add(line.lost("the scheduler ended while it ran")));
      Files.write(history.begun, new byte[0]); // all of it is in the other file now
      return history;
    } catch (IOException e) {
      throw new WrongSettings(
          "history: %s cannot be used: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static boolean isTaken(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) { // by this very process
      return false;
    }
  }

  private static void read(Path file, Consumer<HistoryLine> each) {
    if (!Files.exists(file)) {
      return;
    }
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        try {
          each.accept(HistoryLine.of(line));
        } catch (JsonProcessingException e) {
          // cut off when the machine went down, before the run began
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the history " + file + " cannot be read", e);
    }
  }

  private void note(HistoryLine line) {
    last.put(line.job(), line);
    lastTicks.merge(line.job(), Instant.parse(line.tick()), (a, b) -> a.isAfter(b) ? a : b);
  }

  /** The newest tick of a job that is known; null for none. */
  synchronized Instant lastTick(String job) {
    return lastTicks.get(job);
  }

  /** The newest line of a job; null for none. */
  synchronized HistoryLine last(String job) {
    return last.get(job);
  }

  /** Notes a run that is about to begin. */
  synchronized void begin(String job, Instant tick) {
    append(begun, HistoryLine.begun(job, tick));
  }

  /** Notes what became of a tick. */
  synchronized void add(HistoryLine line) {
    append(ended, line);
    note(line);
  }

  /** On the disk before this returns. */
  private static void append(Path file, HistoryLine line) {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DSYNC)) {
      String text = JSON.writeValueAsString(line) + "\n";
      boolean cutOff = out.size() > 0 && lastByte(out) != '\n';
      out.position(out.size());
      ByteBuffer bytes =
          ByteBuffer.wrap((cutOff ? "\n" + text : text).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the history " + file + " cannot be written", e);
    }
  }

  private static byte lastByte(FileChannel file) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    file.read(last, file.size() - 1);
    return last.get(0);
  }

  @Override
  public void close() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the history's lock cannot be given back", e);
    }
  }
}
