package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** conf/torchscript.yaml, one epoch, with a module that PyTorch has traced. */
class TorchScriptSparkTest {
  private static final Path SAMPLES = Path.of("samples/fashion-mnist").toAbsolutePath();

  @TempDir private static Path folder;

  @BeforeAll
  static void make() throws Exception {
    assumeTrue(
        python("-c", "import torch"),
        "no PyTorch for /usr/bin/python3: install Debian's python3-torch");
    Path script = Path.of(TorchScriptSparkTest.class.getResource("fashion_module.py").toURI());
    assertTrue(python("" + script, "" + folder));
  }

  private static boolean python(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String[] arguments(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    String[] settings = {
      "network.torchScript=" + folder.resolve("net.pt"),
      "training.epochs=1",
      "data.train.idx.images=" + SAMPLES.resolve("train-images-idx3-ubyte.gz"),
      "data.train.idx.labels=" + SAMPLES.resolve("train-labels-idx1-ubyte.gz"),
      "data.test.idx.images=" + SAMPLES.resolve("t10k-images-idx3-ubyte.gz"),
      "data.test.idx.labels=" + SAMPLES.resolve("t10k-labels-idx1-ubyte.gz")
    };
    int at = arguments.indexOf("../conf/torchscript.yaml") + 1;
    for (String setting : settings) {
      arguments.addAll(at, List.of("--set", setting));
    }
    return arguments.toArray(new String[0]);
  }

  private static JsonNode train(String name, String master) throws IOException {
    assertTrains(name, "--master", master);
    return summary(name);
  }

  private static CommandLineRun assertTrains(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", "../conf/torchscript.yaml", "--output", "" + folder.resolve(name)));
    arguments.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.braid(arguments(arguments.toArray(new String[0])));
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private static JsonNode summary(String name) throws IOException {
    return new JsonMapper().readTree(folder.resolve(name).resolve("summary.json").toFile());
  }

  @Test
  void module_isTrained_toTheSameBytesOnAnyNumberOfCores_andItsModelIsOfUse() throws IOException {
    JsonNode two = train("two", "local[2]");
    JsonNode one = train("one", "local[1]");
    assertTrue(two.get("accuracy").asDouble() > 0.75, two.toString());
    assertEquals(two.get("modelSha256"), one.get("modelSha256"));
    String model = folder.resolve("two").toString();

    CommandLineRun scored =
        CommandLineRun.braid(arguments("evaluate", model, "../conf/torchscript.yaml"));
    assertEquals(0, scored.exitCode(), scored.err());
    assertTrue(scored.out().contains("accuracy"), scored.out());

    CommandLineRun described = CommandLineRun.braid("describe", model);
    assertEquals(0, described.exitCode(), described.err());
    assertTrue(described.out().contains("18,474 parameters"), described.out());

    Path exported = folder.resolve("exported.pt");
    CommandLineRun converted =
        CommandLineRun.braid("convert", model, "--to", "torchScript", "--output", "" + exported);
    assertEquals(0, converted.exitCode(), converted.err());
    assertEquals(-1, Files.mismatch(folder.resolve("two/model.pt"), exported));
  }

  @Test
  void lstm_learnsOnTwoWorkers_goesOnToTheSameBytes_andItsIdleLayerIsNamed() throws Exception {
    String[] rows = {
      "--set",
      "network.torchScript=" + folder.resolve("rows.pt"),
      "--set",
      "training.optimizer={adam: {learningRate: 0.005}}"
    };
    CommandLineRun whole = assertTrains("whole", with(rows, "training.epochs=2"));
    assertTrue(
        whole
            .out()
            .contains(
                "warning: what the TorchScript module gives does not depend on"
                    + " spare.weight, spare.bias:"),
        whole.out());
    assertTrue(summary("whole").get("accuracy").asDouble() > 0.6, "" + summary("whole"));

    assertTrains("part", rows);
    assertTrains("part", with(rows, "training.epochs=2", "--resume"));
    assertEquals(summary("whole").get("modelSha256"), summary("part").get("modelSha256"));

    assertTrue(
        python(
            "-c",
            """
            import sys, torch
            net = torch.jit.load(sys.argv[1])
            rnn = net.rnn
            assert rnn._flat_weights[0] is rnn.weight_ih_l0
            assert rnn.weight_ih_l0.abs().sum() > 0
            assert int(net.count) > 100, net.count
            """,
            "" + folder.resolve("whole/model.pt")));
  }

  private static String[] with(String[] arguments, String setting, String... flags) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--set", setting));
    all.addAll(List.of(flags));
    return all.toArray(new String[0]);
  }

  @Test
  void pickledModule_andOtherEngine_areRefusedBeforeSparkStarts() {
    assertRefused(
        "network.torchScript=" + folder.resolve("pickled.pt"),
        "torch.jit.script(model).save(FILE)");
    assertRefused("engine=dl4j", "engine: dl4j runs no TorchScript network");
    assertRefused("output.dl4j=true", "DL4J cannot express a TorchScript network");
  }

  @Test
  void fileOfPyTorch_asAModelOrItsWeights_isToldWhereToGive() {
    for (String name : List.of("net.pt", "pickled.pt")) {
      CommandLineRun run = CommandLineRun.braid("describe", "" + folder.resolve(name));
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("'network: {torchScript: FILE}' trains"), run.err());
      CommandLineRun transfer =
          CommandLineRun.braid(
              "transfer",
              "../conf/transfer-words.yaml",
              "--set",
              "transfer.model=" + folder.resolve(name),
              "--output",
              "" + folder.resolve("refused"));
      assertEquals(2, transfer.exitCode(), transfer.err());
      assertTrue(transfer.err().contains("safetensors.torch.save_file"), transfer.err());
    }
  }

  private static void assertRefused(String setting, String words) {
    List<String> arguments =
        new ArrayList<>(List.of(arguments("train", "../conf/torchscript.yaml")));
    arguments.addAll(List.of("--set", setting, "--output", "" + folder.resolve("refused")));
    CommandLineRun run = CommandLineRun.braid(arguments.toArray(new String[0]));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }
}
