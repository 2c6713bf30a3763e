package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong settings: exit code 2 and one sentence, before Spark starts. */
class BadSettingsTest {
  @TempDir private Path folder;

  /**
   * A mistake.
   *
   * @param good what stands in the job file
   * @param bad what someone wrote instead
   * @param message what is said; FILE and FOLDER stand for the job file and its folder
   */
  private record Mistake(String good, String bad, String message) {}

  static Stream<Mistake> mistakes() {
    return Stream.of(
        new Mistake(
            "optimizer:",
            "optimiser:",
            "FILE: unknown key 'optimiser' in training (line 21); did you mean 'optimizer'?"
                + " known keys: workers, localSteps, epochs, optimizer, "),
        new Mistake(
            "  csv:\n      path: FOLDER/train.csv",
            "  csv:\n      path: FOLDER/trian.csv",
            "FILE: data.train.csv.path"),
        new Mistake("label: kind", "label: king", "FILE: data.train.csv"),
        new Mistake(
            "- dense: {units: 8, activation: tanh}",
            "- convolution: {filters: 8, kernel: 3}",
            "FILE: "),
        new Mistake("units: 8", "units: 0", "FILE: network.layers.0.dense (line 15): units"),
        new Mistake("units: 8", "units: -8", "FILE: network.layers.0.dense (line 15): units"),
        new Mistake(
            "batchSize: 16",
            "batchSize: 0",
            "FILE: data (line 1): data.batchSize must be at least 1, got 0"),
        new Mistake("localSteps: 4", "localSteps: 0", "FILE: training"),
        new Mistake(
            "workers: 2",
            "workers: -1",
            "FILE: training (line 17): workers must be at least 1, got -1"),
        new Mistake(
            "workers: 2",
            "workers: 11",
            "FILE: training.workers: 11 workers, but only 10 mini-batches (160 examples, batchSize"
                + " 16); set workers to 10 or fewer, or data.batchSize lower"),
        new Mistake(
            "adam: {",
            "adamm: {",
            "FILE: training.optimizer (line 21): unknown optimizer 'adamm'; did you mean 'adam'?"
                + " known: adaGrad, adam, adamW, momentum, nesterov, rmsProp, sgd"),
        new Mistake(
            "- dense:",
            "- dens:",
            "FILE: network.layers.0 (line 15): unknown layer 'dens'; did you mean 'dense'? known:"
                + " "),
        new Mistake(
            "csv:\n      path: FOLDER/train",
            "cvs:\n      path: FOLDER/train",
            "FILE: data.train (line 2): unknown source 'cvs'; did you mean 'csv'? known: boxes,"
                + " conll, csv, idx,"),
        new Mistake(
            "loss: crossEntropy",
            "loss: crossEntropie",
            "FILE: network.layers.1.output.loss (line 16): expected one of direction,"
                + " crossEntropy,"),
        new Mistake(
            "epochs: 3",
            "epochs: few",
            "FILE: training.epochs (line 20): expected a whole number, got 'few'"),
        new Mistake(
            "  validation: 0.2",
            "validation: 0.2",
            "FILE, line 11, column 12: mapping values are not allowed here"),
        new Mistake("seed: 7", "seed: 7\nsede: 8", "FILE: unknown key 'sede' (line 24)"),
        new Mistake(
            "epochs: 3",
            "epochs: 3\n  earlyStopping: {metric: accurazy}",
            "FILE: training.earlyStopping.metric: unknown metric 'accurazy'; did you mean"
                + " 'accuracy'? known metrics: loss, accuracy, "),
        new Mistake(
            "network:\n",
            "model: FOLDER/none.zip\nnetwork:\n",
            "FILE: network and model are both given"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void train_withAMistake_saysWhatIsWrong(Mistake mistake) throws IOException {
    assertTrue(Tables.JOB.contains(mistake.good), mistake.good);
    Path job = Tables.write(folder, Tables.JOB.replace(mistake.good, mistake.bad));
    assertRefused(mistake.message, train(job));
  }

  static Stream<Map.Entry<String, String>> brokenTables() {
    return Stream.of(
        Map.entry("", "FILE: file:FOLDER/train.csv is empty; expected a header"),
        Map.entry("x,y,z,kind\n", "FILE: data.train: there are no examples"),
        Map.entry("x,y,y,kind\n1,2,3,near\n", "FILE: "),
        Map.entry(
            "x,y,z,kind\n1,2,3,near\n1,2\n",
            "FILE: file:FOLDER/train.csv, row 3: 2 fields, expected 4"),
        Map.entry(
            "x,y,z,kind\n1,2,3,near\n1,two,3,far\n",
            "FILE: file:FOLDER/train.csv, row 3: column 'y' holds 'two', which is not a number"));
  }

  @ParameterizedTest
  @MethodSource("brokenTables")
  void train_onABrokenTable_namesFileAndRow(Map.Entry<String, String> table) throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    Files.writeString(folder.resolve("train.csv"), table.getKey());
    assertRefused(table.getValue(), train(job));
  }

  @Test
  void train_onLabelsThatAreAllTheSame_namesTheLabel() throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    Files.writeString(folder.resolve("train.csv"), "x,y,z,kind\n1,2,3,near\n4,5,6,near\n");
    assertRefused(
        "FILE: data.train: all labels are 'near'; classes are learned from",
        train(job, "--set", "data.test=null"));
  }

  @Test
  void train_unknownPathInSet_suggestsTheNearest() throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    assertRefused(
        "FILE: unknown key 'epohcs' in training (--set training.epohcs=5); did you mean 'epochs'?",
        train(job, "--set", "training.epohcs=5"));
  }

  @Test
  void train_noJobFile_saysSo() {
    assertRefused("FILE: no such file", train(folder.resolve("job.yaml")));
  }

  @Test
  void train_intoAFinishedRun_isRefused() throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    Files.writeString(folder.resolve("summary.json"), "{}");
    assertRefused(
        "FOLDER already holds the results of a run; choose another --output",
        train(job, "--output", folder.toString()));
  }

  @Test
  void evaluate_aDamagedModel_saysSo() throws IOException {
    Path job = Tables.write(folder, Tables.JOB);
    Path model = Files.writeString(folder.resolve("model.zip"), "PK no zip");
    assertRefused(
        "FOLDER/model.zip: no model file",
        CommandLineRun.braid("evaluate", model.toString(), job.toString()));
    assertRefused(
        "FOLDER/none.zip: no such file",
        CommandLineRun.braid("evaluate", folder.resolve("none.zip").toString(), job.toString()));
  }

  @Test
  void braid_misused_suggestsWhatIsMeant() {
    CommandLineRun unknownJob = CommandLineRun.braid("trian");
    assertEquals(2, unknownJob.exitCode());
    assertTrue(
        unknownJob.err().matches("(?s).*Did you mean: [^\n]*braid train.*"), unknownJob.err());
    CommandLineRun unknownOption = CommandLineRun.braid("train", "x.yaml", "--outptu", "y");
    assertEquals(2, unknownOption.exitCode());
    assertTrue(unknownOption.err().contains("--outptu"), unknownOption.err());
    assertTrue(unknownOption.err().contains("see braid train --help"), unknownOption.err());
    assertEquals(2, CommandLineRun.braid("train").exitCode());
  }

  private static CommandLineRun train(Path job, String... more) {
    return CommandLineRun.braid(
        Stream.concat(Stream.of("train", job.toString()), Stream.of(more)).toArray(String[]::new));
  }

  private void assertRefused(String message, CommandLineRun run) {
    String expected =
        "braid: "
            + message
                .replace("FILE", folder.resolve("job.yaml").toString())
                .replace("FOLDER", folder.toString());
    assertTrue(
        run.err().startsWith(expected), () -> expected + "\nexpected, but was\n" + run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertEquals("", run.out());
    assertEquals(2, run.exitCode());
    assertFalse(SparkSession.getDefaultSession().isDefined(), "Spark was started");
  }
}
