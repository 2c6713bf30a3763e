package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
  private static final String JOB =
      """
      data: {train: {csv: {path: a.csv, label: kind}}, batchSize: 16}
      training: {epochs: 2, optimizer: {adam: {learningRate: RATE}}}
      """;
  private static final String METRICS =
      """
      {"event":"round","epoch":1,"round":1,"rounds":2,"loss":0.9,"learningRate":RATE}
      {"event":"epoch","epoch":1,"loss":0.9,"validation":{"loss":0.8,"accuracy":0.5},"best":true}
      {"event":"round","epoch":2,"round":2,"rounds":2,"loss":0.7,"learningRate":RATE}
      {"event":"epoch","epoch":2,"loss":0.7,"validation":{"loss":0.6,"accuracy":0.75},"best":false}
      """;
  private static final String SUMMARY =
      """
      {"loss":0.6,"accuracy":0.75,"scoredOn":"validation","epochs":2,"rounds":2,"workers":1,
       "parameters":40,"examplesPerSecond":1000.0,"seconds":3.5}
      """;

  @TempDir private java.nio.file.Path folder;

  @BeforeEach
  void write() throws IOException {
    run("slow", "0.001");
    run("fast", "0.1");
  }

  private void run(String name, String rate) throws IOException {
    java.nio.file.Path run = Files.createDirectory(folder.resolve(name));
    Files.writeString(run.resolve("job.yaml"), JOB.replace("RATE", rate));
    Files.writeString(run.resolve("metrics.jsonl"), METRICS.replace("RATE", rate));
    Files.writeString(run.resolve("summary.json"), SUMMARY);
  }

  private CommandLineRun compare(String... names) {
    String[] arguments = new String[names.length + 3];
    arguments[0] = "compare";
    for (int i = 0; i < names.length; i++) {
      arguments[i + 1] = folder.resolve(names[i]).toString();
    }
    arguments[names.length + 1] = "--output";
    arguments[names.length + 2] = folder.resolve("both.html").toString();
    return CommandLineRun.braid(arguments);
  }

  @Test
  void compare_showsResultsCurvesAndTheSettingsThatDiffer() throws IOException {
    CommandLineRun run = compare("slow", "fast");

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out()
            .lines()
            .skip(1)
            .findFirst()
            .orElseThrow()
            .matches("slow +validation +0.6 +0.75 .*"),
        run.out());
    String page = Files.readString(folder.resolve("both.html"));
    for (String part :
        List.of(
            "aria-label=\"Loss on the training examples\"",
            "aria-label=\"Validation accuracy\"",
            "<th>training.optimizer.adam.learningRate</th><td>0.001</td><td>0.1</td>",
            "4 other settings are the same")) {
      assertTrue(page.contains(part), part);
    }
    assertFalse(page.contains("<th>training.epochs</th>"));
  }

  @Test
  void compare_takesRunsThatGoOn_andWithoutASetting() throws IOException {
    Files.delete(folder.resolve("fast/summary.json"));
    Files.writeString(folder.resolve("fast/job.yaml"), "training: {epochs: 3}\n");

    CommandLineRun run = compare("slow", "fast");

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("fast  not ended"), run.out());
    String page = Files.readString(folder.resolve("both.html"));
    assertTrue(page.contains("<th>training.epochs</th><td>2</td><td>3</td>"));
  }

  @Test
  void compare_ofWhatIsNoTraining_saysSo() throws IOException {
    assertSays(compare("slow"), "compare takes the folders of 2 to 8 runs, got 1");
    assertSays(compare("slow", "gone"), folder.resolve("gone") + ": no such folder");
    Files.delete(folder.resolve("fast/metrics.jsonl"));
    assertSays(compare("slow", "fast"), "fast: there is no metrics.jsonl in it; compare takes");
    Files.writeString(folder.resolve("fast/metrics.jsonl"), "{\"round\":1,\"loss\":3}\n");
    assertSays(compare("slow", "fast"), "fast: its metrics.jsonl is not of a training");
  }

  @Test
  void page_withoutAFolder_liesWhereTheCommandIsCalled() {
    assertEquals(".", CompareJob.folderOf(new Path("compare.html")));
    assertEquals("a/b", CompareJob.folderOf(new Path("a/b/compare.html")));
    assertEquals("hdfs://host/a", CompareJob.folderOf(new Path("hdfs://host/a/compare.html")));
  }

  private static void assertSays(CommandLineRun run, String words) {
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }
}
