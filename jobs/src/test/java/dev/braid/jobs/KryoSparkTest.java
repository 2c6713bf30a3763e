package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Every command with a serializer that takes no class it was not told of. */
class KryoSparkTest {
  private static final String EMBED =
      """
      corpus: {path: FOLDER/corpus.txt, minCount: 1, tokenizer: letters}
      skipGram: {dimension: 4, sample: 0}
      training: {epochs: 2, workers: 2, tokensPerRound: 200}
      output: {formats: [parquet, word2vec_text, word2vec_binary, glove_text]}
      """;
  private static final String GLOVE =
      """
      corpus: {path: FOLDER/corpus.txt, minCount: 1}
      glove: {dimension: 4, window: 3}
      training: {epochs: 2, blocks: 2}
      """;
  private static final String TEXTS =
      """
      data:
        train: {text: {path: FOLDER/texts.tsv, vectors: FOLDER/words.txt, length: 3}}
        validation: 0.25
        batchSize: 4
      transfer:
        model: FOLDER/words.txt
        network: {layers: [{embedding: {name: words, size: 4, dimension: 2, pool: mean, padding: true}}]}
        head: [{output: {loss: crossEntropy}}]
        freeze: {layers: words}
        features: {folder: FOLDER/features}
      training: {workers: 2, localSteps: 2, epochs: 2, optimizer: {adam: {learningRate: 0.1}}}
      """;

  @TempDir private static Path folder;
  private static String table;

  @BeforeAll
  static void write() throws IOException {
    table = "" + Tables.write(folder, Tables.JOB);
    file("corpus.txt", "red wine and cheese\nblue sky and red wine\nred wine\n".repeat(30));
    file("words.txt", "2 2\ngood 1 0\nbad 0 1\n");
    file("texts.tsv", "yes\tgood thing\nno\tbad thing\n".repeat(20));
    runs("train", table, "--output=" + folder.resolve("run"));
    runs("embed", file("embed.yaml", EMBED), "--output=" + folder.resolve("vectors"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rows.broadcastMiB=0",
        "rows.broadcastMiB=64",
        "corpus.phrases={threshold: 3, minCount: 2, passes: 2}",
        "startFrom=FOLDER/vectors/vectors.parquet"
      })
  void embed_skipGram(String setting) throws IOException {
    runs(
        "embed",
        file("embed.yaml", EMBED),
        "--output=" + folder.resolve("embed" + setting.hashCode()),
        "--set",
        setting.replace("FOLDER", "" + folder));
  }

  @Test
  void embed_glove() throws IOException {
    String job = file("glove.yaml", GLOVE);
    runs("embed", job, "--output=" + folder.resolve("glove"));
    runs(
        "embed",
        job,
        "--output=" + folder.resolve("more"),
        "--set=startFrom=" + folder.resolve("vectors/vectors.glove.txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors.parquet", "vectors.bin"})
  void queriesOfVectors(String name) throws IOException {
    String vectors = "" + folder.resolve("vectors").resolve(name);
    runs("neighbours", vectors, "wine", "sky");
    runs("analogy", vectors, "red", "wine", "blue");
    runs("tsne", vectors, "--perplexity=2", "--steps=5", "--output=" + folder.resolve("w.svg"));
    runs(
        "embed-eval",
        vectors,
        "--pairs=" + file("pairs.txt", "red wine 9\nblue sky 5\nred sky 1\n"),
        "--analogies=" + file("analogies.txt", ": a\nred wine blue sky\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "network={dl4j: FOLDER/net.json}",
        "training.averaging={exchange: sliced}",
        "data.test=null",
        "data={parts: {train: {csv: {path: FOLDER/train.csv, label: kind}}, dev: 0.2, by: x}}",
        "data={parts: {train: {csv: {path: FOLDER/train.csv, label: kind}}, dev: 0.2, stratified:"
            + " true}}"
      })
  void train_table(String setting) throws IOException {
    MultiLayerConfiguration network =
        new NeuralNetConfiguration.Builder()
            .list()
            .layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nIn(3)
                    .nOut(2)
                    .build())
            .build();
    file("net.json", network.toJson());
    runs(
        "train",
        table,
        "--output=" + folder.resolve("run" + setting.hashCode()),
        "--set",
        setting.replace("FOLDER", "" + folder));
  }

  @Test
  void transfer_texts_andInfer() throws IOException {
    runs("transfer", file("texts.yaml", TEXTS), "--output=" + folder.resolve("texts"));
    file("lines.txt", "good good\nbad\n");
    String job =
        """
        model: FOLDER/texts
        input: {text: {path: FOLDER/lines.txt, vocabulary: FOLDER/words.txt}}
        keep: [text, _file, _row]
        output: {format: csv}
        """;
    runs("infer", file("infer-texts.yaml", job), "--output=" + folder.resolve("scored-texts"));
  }

  @Test
  void evaluate_table() {
    runs("evaluate", "" + folder.resolve("run"), table);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet"})
  void infer_table(String format) throws IOException {
    String job =
        """
        model: FOLDER/run
        input:
          csv: {path: FOLDER/test.csv, features: [x, y, z], label: kind}
        keep: [x, _file, _row]
        output: {format: %s}
        incremental: %s
        """
            .formatted(format, format.equals("json"));
    runs(
        "infer",
        file("infer-" + format + ".yaml", job),
        "--output=" + folder.resolve("scored-" + format));
  }

  @Test
  void infer_parquetAndJson() throws IOException {
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      spark
          .read()
          .option("header", true)
          .option("inferSchema", true)
          .csv("" + folder.resolve("test.csv"))
          .write()
          .parquet("" + folder.resolve("test.parquet"));
    }
    String second =
        """
        model: FOLDER/run
        input: {parquet: {path: FOLDER/test.parquet, features: [x, y, z]}}
        """;
    runs("infer", file("second.yaml", second), "--output=" + folder.resolve("second"));
    file("rows.jsonl", "{\"x\": 1, \"y\": 0, \"z\": 2}\n{\"x\": 1}\n");
    String third =
        """
        model: FOLDER/run
        input: {json: {path: FOLDER/rows.jsonl, features: [x, y, z]}}
        """;
    runs("infer", file("third.yaml", third), "--output=" + folder.resolve("third"));
  }

  @Test
  void doctor() {
    CommandLineRun run = braid("doctor", "--output=" + folder.resolve("doctor"));
    assertEquals(true, run.out().contains("serializer KryoSerializer"), run.out() + run.err());
  }

  private static String file(String name, String text) throws IOException {
    return "" + Files.writeString(folder.resolve(name), text.replace("FOLDER", "" + folder));
  }

  private static void runs(String... command) {
    CommandLineRun run = braid(command);
    assertEquals(0, run.exitCode(), run.err() + run.out());
  }

  private static CommandLineRun braid(String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.add("--master=local[2]");
    words.add("--conf=spark.serializer=org.apache.spark.serializer.KryoSerializer");
    words.add("--conf=spark.kryo.registrationRequired=true");
    return CommandLineRun.braid(words.toArray(String[]::new));
  }
}
