package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.run.Stop;
import dev.braid.worker.random.SplitMix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run over 50 files whose driver is killed seven times and whose executors three times, at random
 * moments: every row is in the output or in the quarantine, exactly once.
 */
class KilledInferenceIT {
  private static final int FILES = 50;
  private static final int ROWS_PER_FILE = 40;
  private static final int DRIVER_KILLS = 7;
  private static final int EXECUTOR_KILLS = 3;

  @TempDir private Path folder;
  private String model;
  private Path data;

  /** Every fourth file has a row that cannot be scored. */
  @BeforeEach
  void write() throws IOException {
    model = Scorable.write(folder, Scorable.TABLE);
    data = Files.createDirectories(folder.resolve("data"));
    for (int i = 0; i < FILES; i++) {
      String rows = Scorable.csv(ROWS_PER_FILE * i, ROWS_PER_FILE * (i + 1));
      Files.writeString(
          data.resolve("%02d.csv".formatted(i)), i % 4 == 0 ? rows + "broken,1\n" : rows);
    }
  }

  @Test
  void tenKills_everyRowOnce() throws Exception {
    Path output = folder.resolve("out");
    SplitMix random = SplitMix.stream(System.nanoTime());
    List<Integer> batches = new ArrayList<>();
    for (int kill = 0; kill < DRIVER_KILLS; kill++) {
      // All along the run; a driver that has just begun has kills in its first batch, too.
      boolean ended = live(output, 5 * kill, random.nextInt(1000));
      assertFalse(ended, "the run ended after " + kill + " kills");
      batches.add(batches(output));
    }
    AtomicInteger executors = new AtomicInteger();
    LocalSpark.on(
        "local-cluster[2,1,1024]",
        Map.of("spark.executor.memory", "512m"),
        spark -> {
          Thread killer = new Thread(() -> killExecutors(output, executors), "killer");
          killer.setDaemon(true);
          killer.start();
          InferenceRun.check(
                  InferenceProcess.settings(model, data.toString(), output.toString()),
                  output.toString(),
                  new Configuration())
              .run(spark, new Stop(), progress -> {});
          killer.interrupt();
          return null;
        });
    System.out.printf(
        "driver killed after batches %s, executors killed %d times%n", batches, executors.get());
    assertEquals(EXECUTOR_KILLS, executors.get());
    assertTrue(batches.get(0) < batches.get(DRIVER_KILLS - 1), "all in one batch: " + batches);
    assertEachRowOnce(output);
  }

  /** When so many batches are done, and a little later. */
  private static void killExecutors(Path output, AtomicInteger kills) {
    SplitMix random = SplitMix.stream(System.nanoTime());
    try {
      for (int from : new int[] {36, 40, 44}) {
        List<ProcessHandle> executors = List.of();
        while (batches(output) < from || executors.isEmpty()) {
          Thread.sleep(5);
          executors =
              ProcessHandle.current()
                  .descendants()
                  .filter(child -> child.info().command().orElse("").endsWith("java"))
                  .toList();
        }
        Thread.sleep(random.nextInt(200));
        executors.get(random.nextInt(executors.size())).destroyForcibly();
        kills.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the run came to its end before it was killed. */
  private boolean live(Path output, int numBatches, int millis)
      throws IOException, InterruptedException {
    Process process = start(model, data.toString(), output.toString());
    boolean done = false;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals("started") && millis < Integer.MAX_VALUE) {
          while (batches(output) < numBatches && process.isAlive()) {
            Thread.sleep(10);
          }
          Thread.sleep(millis);
          process.toHandle().destroyForcibly(); // and its output stays open
        }
        done |= line.startsWith("done ");
      }
    } finally {
      process.toHandle().destroyForcibly(); // and its output stays open
    }
    return done;
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-Djdk"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(InferenceProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
  }

  private static int batches(Path output) {
    Path predictions = output.resolve("predictions");
    if (!Files.exists(predictions)) {
      return 0;
    }
    try (Stream<Path> batches = Files.list(predictions)) {
      return (int) batches.filter(b -> b.getFileName().toString().startsWith("batch=")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertEachRowOnce(Path output) throws IOException {
    List<Row> rows =
        LocalSpark.session()
            .read()
            .parquet(output.resolve("predictions").toString())
            .select("id")
            .collectAsList();
    assertEquals(FILES * ROWS_PER_FILE, rows.size());
    assertEquals(FILES * ROWS_PER_FILE, rows.stream().distinct().count());
    List<String> broken = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output.resolve("quarantine"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
        broken.addAll(Files.readAllLines(file));
      }
    }
    assertEquals((FILES + 3) / 4, broken.size());
    assertEquals((FILES + 3) / 4, broken.stream().distinct().count());
  }
}
