package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.random.Counter;
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
  void killedDrivers_everyRowOnce() throws Exception {
    Path output = folder.resolve("out");
    Counter random = Counter.stream(System.nanoTime());
    int kills = 0;
    List<Integer> batches = new ArrayList<>();
    while (kills < DRIVER_KILLS) {
      // Every second one when a batch more is done, so that kills meet the run all along.
      int done = kills % 2 == 0 ? 0 : batches.get(kills - 1) + 1;
      if (live(output, done, random.nextInt(1500))) {
        break;
      }
      kills++;
      batches.add(batches(output));
    }
    assertTrue(live(output, 0, Integer.MAX_VALUE));
    System.out.println("driver killed " + kills + " times, batches done before: " + batches);
    assertTrue(kills >= 3, "the run ended after " + kills + " kills");
    assertTrue(batches.get(batches.size() - 1) > 0, "no kill between batches: " + batches);
    assertEachRowOnce(output);
  }

  @Test
  void killedExecutors_everyRowOnce() throws IOException {
    Path output = folder.resolve("out");
    AtomicInteger kills = new AtomicInteger();
    LocalSpark.on(
        "local-cluster[2,1,1024]",
        Map.of("spark.executor.memory", "512m"),
        spark -> {
          Thread killer = new Thread(() -> killExecutors(kills), "killer");
          killer.setDaemon(true);
          killer.start();
          InferenceRun.check(
                  InferenceProcess.settings(model, data.toString(), output.toString()),
                  new Configuration())
              .run(spark, progress -> {});
          killer.interrupt();
          return null;
        });
    System.out.println("executors killed " + kills + " times");
    assertTrue(kills.get() > 0, "no executor could be killed");
    assertEachRowOnce(output);
  }

  private static void killExecutors(AtomicInteger kills) {
    Counter random = Counter.stream(System.nanoTime());
    try {
      while (kills.get() < EXECUTOR_KILLS) {
        Thread.sleep(500 + random.nextInt(2500));
        List<ProcessHandle> executors =
            ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .toList();
        if (!executors.isEmpty()) {
          executors.get(random.nextInt(executors.size())).destroyForcibly();
          kills.incrementAndGet();
        }
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
