package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.random.SplitMix;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A schedule in a process of its own: two jobs every few seconds, one that fails and one that
 * overruns, killed and started again, changed while it runs, and asked to stop.
 */
class ScheduleIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_SECONDS = 120;
  private static final int ROWS_PER_FILE = 30;

  private static final String SCHEDULE =
      """
      jobs:
        - {name: steady, file: steady.yaml, cron: "0/3 * * * * ?", pool: first, overlap: queue,
           missed: once}
        - {name: often, file: often.yaml, cron: "0/4 * * * * ?", timeZone: Asia/Kolkata,
           overlap: both}
        - {name: failing, file: failing.yaml, cron: "1/5 * * * * ?",
           retries: {times: 2, waitSeconds: 0.1}}
        - {name: overrunning, file: overrunning.yaml, cron: "0/4 * * * * ?", limitSeconds: 5}
      pools: {first: 3, default: 1}
      stopSeconds: 5
      """;
  private static final String ADDED =
      """
        - {name: added, file: often.yaml, cron: "0/2 * * * * ?"}
      """;

  @TempDir private static Path folder;
  private static int files;

  @BeforeAll
  static void write() throws IOException {
    Path training = Tables.write(folder, Tables.JOB);
    CommandLineRun run =
        CommandLineRun.braid(
            "train", "" + training, "--master", "local[2]", "--output", "" + folder.resolve("run"));
    assertEquals(0, run.exitCode(), run.err());
    Files.createDirectories(folder.resolve("data"));
    addFile();
    Files.writeString(
        folder.resolve("steady.yaml"),
        """
        model: run
        input: {csv: {path: data, label: kind}}
        keep: [_file, _row]
        output: {folder: steady, format: json}
        batchSize: 16
        incremental: true
        filesPerBatch: 1
        """);
    Files.writeString(
        folder.resolve("often.yaml"),
        """
        model: run
        input: {csv: {path: test.csv, label: kind}}
        output: {format: json}
        batchSize: 16
        """);
    Files.writeString(
        folder.resolve("failing.yaml"),
        """
        model: run
        input: {csv: {path: nowhere}}
        batchSize: 16
        """);
    Files.writeString(folder.resolve("large.csv"), Tables.table(500_000, 3));
    Files.writeString(
        folder.resolve("overrunning.yaml"),
        """
        model: run
        input: {csv: {path: large.csv, label: kind}}
        batchSize: 1
        """);
    Files.writeString(folder.resolve("schedule.yaml"), SCHEDULE);
  }

  /** Moved into the folder when it is whole, as everybody should. */
  private static void addFile() throws IOException {
    Path aside =
        Files.writeString(folder.resolve("aside.csv"), Tables.table(ROWS_PER_FILE, 10 + files));
    Files.move(aside, folder.resolve("data/%03d.csv".formatted(files++)));
  }

  @Test
  void ticksRunOnce_withTheRightOutcomes_whateverHappensToTheScheduler() throws Exception {
    Process first = start();
    until(first, () -> count("steady", "done") >= 3 && count("often", "done") >= 2);
    addFile();
    until(first, () -> count("failing", "failed") >= 1);
    until(first, () -> count("overrunning", "overLimit") >= 1);
    addFile();
    // In the middle of a run, at any moment of it.
    long before = count("overrunning", "overLimit");
    until(first, () -> count("overrunning", "overLimit") > before && isGoing("overrunning"));
    Thread.sleep(SplitMix.stream(System.nanoTime()).nextInt(3500));
    first.toHandle().destroyForcibly();
    first.waitFor();
    List<JsonNode> untilKilled = history();
    assertEveryTick("steady", 3, untilKilled);
    assertEveryTick("often", 4, untilKilled);
    assertEveryTick("failing", 5, untilKilled);
    assertEveryTick("overrunning", 4, untilKilled);
    for (JsonNode line : untilKilled) {
      String outcome = line.get("outcome").asText();
      switch (line.get("job").asText()) {
        case "steady", "often" -> assertEquals("done", outcome, line::toString);
        case "failing" -> {
          assertEquals("failed", outcome, line::toString);
          assertEquals(3, line.get("attempts").asInt());
          assertTrue(line.get("message").asText().contains("there is no"), line::toString);
        }
        default -> assertTrue(Set.of("overLimit", "skipped").contains(outcome), line::toString);
      }
    }
    assertTrue(count("overrunning", "skipped") > 0);
    Thread.sleep(4000); // ticks that nobody sees

    Process second = start();
    until(second, () -> count("steady", "done") > of(untilKilled, "steady") + 1);
    assertTrue(count("overrunning", "missed") == 1 && count("steady", "missed") <= 1);
    assertTrue(
        history().stream().anyMatch(line -> line.get("outcome").asText().equals("lost")),
        () -> "no run was lost: " + history());
    addFile();
    Files.writeString(
        folder.resolve("schedule.yaml"),
        (SCHEDULE + "").replaceFirst("pools:", ADDED.strip().indent(2) + "pools:"));
    until(second, () -> count("added", "done") >= 2);
    Files.writeString(folder.resolve("schedule.yaml"), SCHEDULE.replace("0/4 * * * * ?", "0 0 25"));
    until(second, () -> said().contains("the schedule stays as it was"));
    addFile();
    long runs = count("steady", "done");
    until(second, () -> count("steady", "done") > runs + 2);

    second.toHandle().destroy(); // SIGTERM
    assertTrue(second.waitFor(60, TimeUnit.SECONDS), "SIGTERM does not end it");
    assertEquals(0, second.exitValue(), ScheduleIT::said);
    assertTrue(said().contains("braid: stopped"), ScheduleIT::said);
    assertNoTickTwice();
    assertOutputsAreWhole();
    assertRanInTheirPools();
    assertListed();
  }

  private static Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add") || flag.startsWith("-Djdk"))
        .forEach(command::add);
    String classpath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp", classpath));
    command.addAll(List.of(Braid.class.getName(), "schedule", "schedule.yaml"));
    command.addAll(List.of("--master", "local[4]", "--conf", "spark.ui.enabled=false"));
    Files.createDirectories(folder.resolve("events"));
    command.addAll(List.of("--conf", "spark.eventLog.enabled=true"));
    command.addAll(List.of("--conf", "spark.eventLog.dir=" + folder.resolve("events").toUri()));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(Redirect.appendTo(folder.resolve("said.txt").toFile()))
        .redirectError(Redirect.appendTo(folder.resolve("complained.txt").toFile()))
        .start();
  }

  private static void until(Process process, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
    while (!holds.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.toHandle().destroyForcibly();
        throw new AssertionError("it has not come to that: " + said() + read("complained.txt"));
      }
      Thread.sleep(50);
    }
  }

  private static String said() {
    return read("said.txt");
  }

  private static String read(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> history() {
    return lines("history.jsonl");
  }

  private static List<JsonNode> lines(String name) {
    try {
      Path file = folder.resolve("runs/schedule").resolve(name);
      List<JsonNode> lines = new ArrayList<>();
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        lines.add(JSON.readTree(line));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a run of the job has begun and is not over. */
  private static boolean isGoing(String job) {
    Set<String> ended = ticks(job, history());
    return !ended.containsAll(ticks(job, lines("begun.jsonl")));
  }

  private static Set<String> ticks(String job, List<JsonNode> lines) {
    return lines.stream()
        .filter(line -> line.get("job").asText().equals(job))
        .map(line -> line.get("tick").asText())
        .collect(Collectors.toSet());
  }

  private static long count(String job, String outcome) {
    return history().stream()
        .filter(line -> line.get("job").asText().equals(job))
        .filter(line -> line.get("outcome").asText().equals(outcome))
        .count();
  }

  private static long of(List<JsonNode> lines, String job) {
    return lines.stream().filter(line -> line.get("job").asText().equals(job)).count();
  }

  /** From the first tick to the last one, without a gap: each is over or was going. */
  private static void assertEveryTick(String job, int seconds, List<JsonNode> ended) {
    Set<String> known = ticks(job, ended);
    known.addAll(ticks(job, lines("begun.jsonl")));
    List<Instant> ticks = known.stream().map(Instant::parse).sorted().toList();
    for (int i = 0; i < ticks.size(); i++) {
      assertEquals(ticks.get(0).plusSeconds((long) seconds * i), ticks.get(i), job + " " + ticks);
    }
  }

  private static void assertNoTickTwice() {
    Set<String> ticks = new HashSet<>();
    for (JsonNode line : history()) {
      assertTrue(ticks.add(line.get("job") + " " + line.get("tick")), () -> "twice: " + line);
    }
  }

  private static List<String> lines(Path predictions) throws IOException {
    List<String> lines = new ArrayList<>();
    if (Files.exists(predictions)) {
      try (Stream<Path> batches = Files.list(predictions)) {
        for (Path batch : batches.filter(b -> b.getFileName().toString().matches("b.*")).toList()) {
          try (Stream<Path> parts = Files.list(batch)) {
            for (Path part : parts.filter(p -> p.toString().endsWith(".json")).toList()) {
              lines.addAll(Files.readAllLines(part));
            }
          }
        }
      }
    }
    return lines;
  }

  /** All of a run or nothing; of the incremental job each row once. */
  private static void assertOutputsAreWhole() throws IOException {
    List<String> rows = lines(folder.resolve("steady/predictions"));
    assertEquals(ROWS_PER_FILE * files, rows.size());
    assertEquals(rows.size(), new HashSet<>(rows).size());
    TreeMap<String, String> outcomes = new TreeMap<>();
    for (JsonNode line : history()) {
      String tick = line.get("tick").asText().replaceAll("[^0-9TZ]", "");
      outcomes.put(line.get("job").asText() + "-" + tick, line.get("outcome").asText());
    }
    try (Stream<Path> runs = Files.list(folder.resolve("runs"))) {
      for (Path run : runs.filter(r -> !r.endsWith("schedule")).toList()) {
        String outcome = outcomes.get(run.getFileName().toString());
        int numRows = lines(run.resolve("predictions")).size();
        assertEquals(outcome.equals("done"), Files.exists(run.resolve("summary.json")), run + "");
        switch (outcome) {
          case "done" -> assertEquals(80, numRows, run::toString);
          case "lost" -> assertTrue(numRows == 0 || numRows == 80, run::toString);
          default -> assertEquals(0, numRows, run + " " + outcome);
        }
      }
    }
  }

  private static void assertRanInTheirPools() throws IOException {
    try (Stream<Path> logs = Files.list(folder.resolve("events"))) {
      for (Path log : logs.toList()) {
        List<String> jobs =
            Files.readAllLines(log).stream().filter(l -> l.contains("JobStart")).toList();
        assertTrue(jobs.stream().anyMatch(job -> pool(job).equals("first")), "none in first");
        assertTrue(jobs.stream().anyMatch(job -> pool(job).equals("default")), "none in default");
      }
    }
  }

  private static String pool(String job) {
    try {
      return JSON.readTree(job).path("Properties").path("spark.scheduler.pool").asText();
    } catch (IOException e) {
      return ""; // the last line of a process that was killed
    }
  }

  private static void assertListed() throws IOException {
    Path schedule = Files.writeString(folder.resolve("listed.yaml"), absolute());
    CommandLineRun run = CommandLineRun.braid("schedule", schedule.toString(), "--list");
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(5, lines.size());
    assertTrue(lines.get(0).matches("job +next +last +outcome"), run.out());
    assertTrue(lines.get(1).matches("steady +20\\S+Z +20\\S+Z +\\S.*"), run.out());
    assertTrue(
        lines.get(3).matches("failing +20\\S+Z +20\\S+Z +.*failed.*there is no.*"), run.out());
  }

  private static String absolute() {
    return SCHEDULE.replace("file: ", "file: " + folder + "/")
        + "history: %s%n".formatted(folder.resolve("runs/schedule"));
  }

  @Test
  void settingsThatAreWrong_endWithTwo() throws IOException {
    assertSays(
        "unknown key 'crom' in jobs.0 (line 2); did you mean 'cron'?",
        "cron: \"0/3",
        "crom: \"0/3");
    assertSays("has 1 fields; expected are seconds minutes", "\"0/3 * * * * ?\"", "hourly");
    assertSays("hours '25' is not known", "1/5 * * * * ?", "0 0 25 * * ?");
    assertSays("timeZone 'Asia/Calcuttta' is not known", "Asia/Kolkata", "Asia/Calcuttta");
    assertSays("two jobs are named 'steady'", "name: often", "name: steady");
    assertSays("overlap both needs a folder for each run", "overlap: queue", "overlap: both");
    assertSays("no such file", "often.yaml", "oftn.yaml");
    assertSays("pools.first must be at least 1, got 0", "first: 3", "first: 0");
    assertSays("have one output.folder", "/often.yaml", "/steady.yaml");
  }

  private static void assertSays(String words, String from, String to) throws IOException {
    String text = absolute().replace(from, to);
    assertFalse(text.equals(absolute()), from);
    if (words.endsWith("output.folder")) {
      text = text.replace("overlap: both", "overlap: skip");
    }
    Path schedule = Files.writeString(folder.resolve("wrong.yaml"), text);
    CommandLineRun run = CommandLineRun.braid("schedule", schedule.toString(), "--list");
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }
}
