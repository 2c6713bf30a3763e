package dev.braid.jobs.golden;

import dev.braid.driver.dl4j.Engine;
import dev.braid.jobs.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Carries out small runs of everything that Braid does and writes what came of each into a text
 * file. A change of the code that is to change no result leaves that file the same, byte for byte:
 *
 * <pre>
 * cd jobs &amp;&amp; OMP_NUM_THREADS=1 java @../conf/jvm.options \
 *   -Dlog4j2.configurationFile=../conf/log4j2.properties -cp \
 *   target/test-classes:target/classes:$(cat target/classpath/embedded) \
 *   dev.braid.jobs.golden.GoldenRuns before.txt
 * (change the code, ./braid test, the same with after.txt)
 * diff before.txt after.txt
 * </pre>
 *
 * <p>Both files must come from one machine: libtorch and DL4J give other last bits on another kind
 * of processor. With names of runs as further arguments only those are carried out, and those that
 * they build upon must be among them. A run that ends with an error is written down with it.
 */
public final class GoldenRuns {
  private static final String TRAINING =
      """
      training: {workers: 2, localSteps: 3, epochs: 2, optimizer: {adam: {learningRate: 0.02}}}
      seed: 7
      """;

  private static final String POINTS =
      """
      data:
        train: {csv: {path: DATA/points-train.csv, features: a..d, label: kind}}
        test: {csv: {path: DATA/points-test.csv, features: a..d, label: kind}}
        validation: 0.2
        normalise: standardise
        batchSize: 16
      """;

  private static final String DENSE = "dense: {units: 8, activation: tanh}";
  private static final String CLASSES = "output: {loss: crossEntropy}";

  private final Path data;
  private final Path runs;
  private final List<String> wanted;
  private final Map<String, List<String>> results = new LinkedHashMap<>();

  private GoldenRuns(Path folder, List<String> wanted) throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    runs = Files.createDirectories(folder.resolve("runs"));
    this.wanted = wanted;
  }

  /** Writes the results into the file that is named first. */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    List<String> all = List.of(arguments);
    Path folder = Files.createTempDirectory("golden");
    GoldenRuns golden = new GoldenRuns(folder, all.subList(1, all.size()));
    SmallData.write(golden.data);
    golden.runAll();
    List<String> lines = new ArrayList<>();
    golden.results.forEach(
        (name, result) -> {
          lines.add("== " + name);
          lines.addAll(result);
        });
    Files.write(Path.of(arguments[0]), lines);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    long failed = lines.stream().filter(line -> line.startsWith("exit code")).count();
    System.out.printf("%d runs, %d of them failed%n", golden.results.size(), failed);
    System.exit(failed == 0 ? 0 : 1); // libraries may have left threads
  }

  private void runAll() throws IOException {
    onSpark(spark -> parquet(spark));
    layers();
    tasks();
    formats();
    optimizers();
    averaging();
    endings();
    transfers();
    guests();
    scorings();
    vectors();
    onSpark(this::javaApi);
  }

  // ---- training

  private void layers() throws IOException {
    train(
        "layers-images",
        pictures(),
        "convolution: {filters: 4, kernel: 3, padding: same, activation: relu}",
        "maxPooling: {kernel: 2}",
        "batchNorm: {}",
        "convolution: {filters: 4, kernel: 3, groups: 4, activation: gelu}",
        "averagePooling: {kernel: 2, stride: 1}",
        "flatten: {}",
        "dropout: {rate: 0.2}",
        CLASSES);
    train(
        "layers-images-strided",
        wide("[4, 4, 4]"),
        "zeroPadding: {padding: 1}",
        "convolution: {filters: 8, kernel: 3, groups: 2, stride: 2, bias: false}",
        "upsampling: {factor: 2}",
        "convolution: {filters: 4, kernel: 2, dilation: 2, activation: leakyRelu}",
        "globalMaxPooling: {}",
        "dense: {units: 5, activation: elu, weights: {initialiser: orthogonal, l2: 0.01}}",
        CLASSES);
    train(
        "layers-volumes",
        wide("[1, 4, 4, 4]"),
        "convolution: {filters: 3, kernel: 2, activation: swish}",
        "maxPooling: {kernel: 2, stride: 1}",
        "globalAveragePooling: {}",
        CLASSES);
    train(
        "layers-along-time",
        wide("[16, 4]"),
        "convolution: {filters: 6, kernel: 3, padding: causal, activation: relu}",
        "maxPooling: {kernel: 2}",
        "layerNorm: {}",
        "globalAveragePooling: {}",
        CLASSES);
    train(
        "layers-lstm",
        steps("all"),
        "lstm: {units: 5}",
        "lstm: {units: 4, returnSequences: false, gates: hardSigmoid}",
        CLASSES);
    train("layers-gru", steps("all"), "gru: {units: 5, returnSequences: false}", CLASSES);
    train(
        "layers-bidirectional",
        steps("all"),
        "bidirectional: {layer: {simpleRnn: {units: 3}}}",
        "layerNorm: {}",
        "bidirectional: {layer: {gru: {units: 3}}, merge: sum}",
        "bidirectional: {layer: {lstm: {units: 3, returnSequences: false}}}",
        CLASSES);
    train(
        "layers-embedding",
        sentences(),
        "embedding: {size: 100, dimension: 6, padding: true}",
        "lstm: {units: 5, returnSequences: false}",
        CLASSES);
    train(
        "layers-embedding-mean",
        sentences(),
        "embedding: {size: 100, dimension: 6, pool: mean, padding: true}",
        CLASSES);
    train(
        "layers-graph",
        POINTS,
        "dense: {name: one, units: 6, activation: softsign}",
        "dense: {name: two, units: 6, from: one, activation: mish}",
        "add: {name: sum, from: [one, two]}",
        "activation: {name: gate, from: two, function: sigmoid}",
        "multiply: {name: gated, from: [sum, gate]}",
        "reshape: {name: shaped, from: gated, shape: [2, 3]}",
        "flatten: {name: flat, from: shaped}",
        "concatenate: {name: joined, from: [flat, one]}",
        "output: {from: joined, loss: crossEntropy}");
  }

  private void tasks() throws IOException {
    train("task-classes", POINTS, DENSE, CLASSES);
    for (String loss : List.of("meanSquared", "meanAbsolute", "huber", "cosine")) {
      train(
          "task-numbers-" + loss,
          labels("[size, weight]"),
          DENSE,
          "output: {loss: %s}".formatted(loss));
    }
    train("task-counts", labels("weight"), DENSE, "output: {loss: poisson}");
    train(
        "task-properties",
        labels("[p, q, r]").replace("batchSize", "task: multiLabel\n  batchSize"),
        DENSE,
        "output: {loss: binaryCrossEntropy}");
    for (String loss : List.of("hinge", "squaredHinge", "klDivergence")) {
      train(
          "task-classes-" + loss,
          POINTS,
          DENSE,
          loss.equals("klDivergence")
              ? "output: {loss: klDivergence, activation: softmax}"
              : "output: {loss: %s}".formatted(loss));
    }
    train("task-steps", steps("k0..k4"), "gru: {units: 6}", CLASSES);
    String several =
        "inputs: {left: {columns: [a, b]}, right: {columns: [c, d]}},"
            + " outputs: {kind: {columns: kind}, high: {columns: p},"
            + " size: {columns: size, task: regression}}";
    train(
        "task-several",
        POINTS.replace("features: a..d, label: kind", several),
        "dense: {name: l, from: left, units: 4, activation: tanh}",
        "dense: {name: r, from: right, units: 4, activation: relu}",
        "concatenate: {name: both, from: [l, r]}",
        "output: {name: kind, from: both, loss: crossEntropy}",
        "output: {name: high, from: both, loss: binaryCrossEntropy, weight: 0.5}",
        "output: {name: size, from: r, loss: meanSquared}");
  }

  private void formats() throws IOException {
    train(
        "format-json",
        tables("json: {path: DATA/points-PART.json, features: values, label: kind}"),
        DENSE,
        CLASSES);
    train(
        "format-parquet",
        tables("parquet: {path: DATA/points-PART.parquet, features: a..d, label: kind}"),
        DENSE,
        CLASSES);
    train(
        "format-libsvm",
        tables("libsvm: {path: DATA/points-PART.libsvm, numFeatures: 4}"),
        DENSE,
        CLASSES);
    train(
        "format-folders",
        tables("images: {path: DATA/letters/PART, height: 12, width: 12, channels: 1}"),
        "convolution: {filters: 3, kernel: 3, activation: relu}",
        "flatten: {}",
        CLASSES);
    String penguins =
        """
        data:
          train:
            csv:
              path: DATA/penguins.csv
              label: species
              features: [island, bill_length_mm, body_mass_g, sex, year]
              columns:
                island: {categories: auto}
                bill_length_mm: {missing: mean, indicator: true}
                body_mass_g: {missing: median}
                sex: {categories: auto, missing: mostFrequent}
          validation: 0.25
          normalise: standardise
          batchSize: 16
        """;
    train("format-columns", penguins, DENSE, CLASSES);
  }

  private void optimizers() throws IOException {
    Map<String, String> schedules = new LinkedHashMap<>();
    schedules.put("sgd: {}", "inverse: {decay: 0.5}");
    schedules.put("momentum: {}", "exponential: {factor: 0.9, per: step}");
    schedules.put("nesterov: {}", "inverseSqrt: {}");
    schedules.put("rmsProp: {}", "staircase: {factor: 0.5, every: 2}");
    schedules.put("adam: {}", "polynomial: {duration: 20, power: 2, per: step}");
    schedules.put("adamW: {}", "cosine: {duration: 3}");
    schedules.put(
        "adaGrad: {}", "warmUp: {duration: 5, per: step, then: {byHand: {factors: {1: 0.5}}}}");
    for (Map.Entry<String, String> entry : schedules.entrySet()) {
      String optimizer = entry.getKey();
      trainWith(
          "optimizer-" + optimizer.substring(0, optimizer.indexOf(':')),
          "training.optimizer={" + optimizer + "}",
          "training.schedule={" + entry.getValue() + "}",
          "training.averaging.optimizerState="
              + (optimizer.startsWith("ad") ? "kept" : "averaged"));
    }
    trainWith(
        "optimizer-clipped-by-norm",
        "training.clipping={byNorm: {limit: 0.5}}",
        "training.regularisation={l1: 0.001, l2: 0.01}");
    trainWith("optimizer-clipped-by-value", "training.clipping={byValue: {limit: 0.05}}");
  }

  private void averaging() throws IOException {
    trainWith("averaging-direct", "training.averaging.exchange=direct");
    trainWith("averaging-sliced", "training.averaging.exchange=sliced");
    trainWith(
        "averaging-bfloat16",
        "training.averaging={transfer: bfloat16, exchange: sliced, optimizerState: reset}");
    trainWith(
        "averaging-slow-momentum",
        "training.averaging={outerStep: {slowMo: {}}, optimizerState: kept}");
    trainWith("averaging-outer-nesterov", "training.averaging={outerStep: {nesterov: {}}}");
    trainWith("averaging-growing", "training.localSteps={growing: {to: 4}}", "training.workers=3");
    trainWith(
        "averaging-adaptive",
        "training.localSteps={adaptive: {from: 2, to: 6, every: 2}}",
        "training.epochs=5");
  }

  private void endings() throws IOException {
    trainWith(
        "ending-early",
        "training.epochs=25",
        "training.earlyStopping={metric: accuracy, patience: 2}",
        "training.reduceOnPlateau={patience: 1}");
    trainWith("ending-weighed", "training.classWeights={auto: balanced}", "metrics={topK: [2]}");
    String[] longer = {
      "training.epochs=4",
      "training.averaging={outerStep: {slowMo: {}}, optimizerState: kept}",
      "training.schedule={cosine: {duration: 6}}",
      "training.reduceOnPlateau={patience: 1}"
    };
    trainWith("ending-unbroken", longer);
    trainWith("ending-resumed", with(longer, "training.epochs=2"));
    Path run = runs.resolve("ending-resumed");
    if (Files.exists(run)) {
      Files.delete(run.resolve("summary.json"));
      results.remove("ending-resumed");
      braid(
          "ending-resumed",
          "train",
          "" + data.resolve("ending-resumed.yaml"),
          sets(longer),
          "--resume");
    }
    job(
        "ending-continued",
        POINTS.replace("  normalise: standardise\n", "") + "model: RUNS/task-classes\n" + TRAINING);
    braid("ending-continued", "train", "" + data.resolve("ending-continued.yaml"), List.of());
  }

  private void transfers() throws IOException {
    String head =
        """
        transfer:
          model: RUNS/layers-images
          cut: {last: 1}
          head: [{dense: {units: 6, activation: relu}}, {output: {loss: crossEntropy}}]
          freeze: {upTo: FROZEN}
          features: FEATURES
        """;
    String pictures = pictures().replace("  normalise: scale\n", "");
    String flat = head.replace("FROZEN", "flatten1");
    transfer("transfer-features", pictures + flat.replace("FEATURES", "{folder: RUNS/features}"));
    transfer(
        "transfer-features-again", pictures + flat.replace("FEATURES", "{folder: RUNS/features}"));
    transfer("transfer-every-pass", pictures + flat.replace("FEATURES", "{compute: everyPass}"));
    transfer(
        "transfer-unfrozen",
        pictures
            + """
            transfer:
              model: RUNS/layers-images
              freeze: {layers: [convolution1, convolution2], unfreeze: [{epoch: 2, layers: [convolution2]}]}
              reset: [output1]
              rates: [{layers: [batchNorm1], factor: 0.5}]
            """);
    transfer(
        "transfer-words",
        sentences().replace("maxWords: 98", "vectors: DATA/words.txt")
            + """
            transfer:
              model: DATA/words.txt
              network: {layers: [{embedding: {name: words, size: 8, dimension: 3, pool: mean, padding: true}}]}
              head: [{output: {loss: crossEntropy}}]
              rates: [{layers: words, factor: 0.5}]
            """);
    transfer(
        "transfer-keras",
        POINTS.replace("  normalise: standardise\n", "")
            + """
            transfer:
              model: DATA/dropout-keras.h5
              head: [{dense: {units: 5, activation: relu}}, {output: {loss: crossEntropy}}]
            """);
  }

  /** Networks and engines of others. */
  private void guests() throws IOException {
    Files.writeString(data.resolve("net.json"), JavaApi.configuration().toJson());
    network(
        "network-dl4j",
        POINTS.replace("  normalise: standardise\n", ""),
        "{dl4j: DATA/net.json}",
        "training.optimizer=null");
    network(
        "network-zoo", images28(), "{zoo: LeNet}", "training.optimizer=null", "training.epochs=1");
    network("network-torchscript", pictures(), "{torchScript: DATA/scripted.pt}");
    Path dl4j = Files.createDirectories(runs.resolve("convert-dl4j"));
    braid(
        "convert-dl4j",
        "convert",
        "" + runs.resolve("task-classes"),
        List.of("--to", "dl4j", "--output", dl4j.resolve("model.zip") + ""));
    Path braid = Files.createDirectories(runs.resolve("convert-braid"));
    braid(
        "convert-braid",
        "convert",
        "" + dl4j.resolve("model.zip"),
        List.of("--to", "braid", "--output", braid.resolve("model.zip") + ""));
  }

  // ---- scoring

  private void scorings() throws IOException {
    for (String part : List.of("test", "validation")) {
      String job = "" + data.resolve("task-classes.yaml");
      braid(
          "evaluate-" + part,
          "evaluate",
          "" + runs.resolve("task-classes"),
          List.of(job, "--part", part));
    }
    braid(
        "evaluate-several",
        "evaluate",
        "" + runs.resolve("task-several"),
        List.of(data.resolve("task-several.yaml") + ""));
    braid(
        "evaluate-numbers",
        "evaluate",
        "" + runs.resolve("task-numbers-huber"),
        List.of(data.resolve("task-numbers-huber.yaml") + ""));
    String csv = "csv: {path: DATA/points-test.csv, features: a..d, label: kind}";
    infer("infer-csv", "RUNS/task-classes", csv, "keep: [a, kind, _row]", "format: csv");
    infer(
        "infer-csv-top",
        "RUNS/task-classes",
        csv,
        "keep: [_row]",
        "format: json, probabilities: 2");
    infer(
        "infer-csv-none",
        "RUNS/task-classes",
        csv,
        "keep: [_row]",
        "format: parquet, probabilities: none");
    Files.writeString(
        data.resolve("broken.csv"), "d,c,b,a\n1,2,3,4\n1,2,x,4\n,,1,1\n0.5,0.1,0.2,0.3\n1,2\n");
    infer(
        "infer-broken",
        "RUNS/task-classes",
        "csv: {path: DATA/broken.csv}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-json",
        "RUNS/format-json",
        "json: {path: DATA/points-test.json, label: kind}",
        "keep: [row]",
        "format: csv");
    infer(
        "infer-parquet",
        "RUNS/format-parquet",
        "parquet: {path: DATA/points-test.parquet, label: kind}",
        "keep: [a, _row]",
        "format: parquet");
    infer(
        "infer-libsvm",
        "RUNS/format-libsvm",
        "libsvm: {path: DATA/points-test.libsvm}",
        "keep: [_row]",
        "format: json");
    infer(
        "infer-idx",
        "RUNS/layers-images",
        "idx: {images: DATA/test-images, labels: DATA/test-labels}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-folders",
        "RUNS/format-folders",
        "images: {path: DATA/letters/test, labelFromFolder: true}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-archive",
        "RUNS/format-folders",
        "images: {path: DATA/letters.tar.gz}",
        "keep: [_row]",
        "format: json");
    infer(
        "infer-text",
        "RUNS/layers-embedding",
        "text: {path: DATA/sentences-test.tsv, separator: \"\\t\"}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-numbers",
        "RUNS/task-numbers-huber",
        "csv: {path: DATA/points-test.csv, features: a..d}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-columns",
        "RUNS/format-columns",
        "csv: {path: DATA/penguins.csv, label: species}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-steps",
        "RUNS/layers-gru",
        "csv: {path: DATA/steps-test.csv, features: x0..y4, label: all}",
        "keep: [_row]",
        "format: csv");
    infer("infer-incremental", "RUNS/task-classes", csv, "incremental: true", "format: csv");
    infer("infer-dl4j", "RUNS/network-dl4j", csv, "keep: [_row]", "format: csv");
    infer(
        "infer-torchscript",
        "RUNS/network-torchscript",
        "idx: {images: DATA/test-images, labels: DATA/test-labels}",
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-onnx",
        "DATA/float.onnx",
        csv.replace(", label: kind", ""),
        "keep: [_row]",
        "format: csv");
    infer(
        "infer-keras",
        "DATA/end_softmax-keras.keras",
        csv.replace(", label: kind", ""),
        "foreign: {classes: [x, y, z]}",
        "format: csv");
  }

  // ---- word vectors

  private void vectors() throws IOException {
    String skipGram =
        """
        corpus: {path: DATA/corpus.txt, minCount: 1}
        MODEL: {dimension: 12, window: 3, sample: 0}
        training: {epochs: 3, workers: 2, tokensPerRound: 500, kernel: plain}
        output: {formats: [parquet, word2vec_text, word2vec_binary]}
        seed: 3
        """;
    String glove =
        """
        corpus: {path: DATA/corpus.txt, minCount: 1}
        glove: {dimension: 12, window: 3, sample: 0}
        training: {epochs: 6, blocks: 2, kernel: plain}
        output: {formats: [parquet, glove_text]}
        """;
    String words = skipGram.replace("MODEL", "skipGram");
    embed("embed-skip-gram", words);
    embed("embed-cbow", skipGram.replace("MODEL", "cbow"));
    embed("embed-glove", glove);
    embed("embed-table", words, "rows.broadcastMiB=0");
    embed("embed-sampled", words, "skipGram.sample=0.01", "training.kernel=vector");
    embed("embed-phrases", words, "corpus.phrases={threshold: 3, minCount: 2}");
    embed("embed-start-from", words + "startFrom: RUNS/embed-glove/vectors.glove.txt\n");
    resumeEmbedding("embed-resumed", words, "rows.checkpointRounds=4");
    resumeEmbedding("embed-resumed-table", words, "rows={broadcastMiB: 0, checkpointRounds: 4}");
    resumeEmbedding("embed-resumed-glove", glove, "rows.checkpointRounds=4");
    String found = runs.resolve("embed-glove/vectors.glove.txt").toString();
    said("neighbours", "neighbours", found, "aword1", "--top", "5");
    said("analogy", "analogy", found, "aword1", "aword2", "bword1");
    said("embed-eval", "embed-eval", found, "--analogies", "" + data.resolve("analogies.txt"));
    Path map = Files.createDirectories(runs.resolve("tsne")).resolve("words.svg");
    braid("tsne", "tsne", found, List.of("--perplexity=5", "--steps=30", "--output=" + map));
  }

  // ---- Java

  private void javaApi(SparkSession spark) throws IOException {
    for (Map.Entry<String, List<String>> run : results.entrySet()) {
      Path folder = runs.resolve(run.getKey());
      if (Files.exists(folder)) {
        run.getValue().addAll(new Leavings(data, folder).rows(spark));
      }
    }
    JavaApi api = new JavaApi(spark);
    for (Engine engine : Engine.values()) {
      for (boolean graph : new boolean[] {false, true}) {
        String name = "averaging-master-%s-%s".formatted(graph ? "graph" : "network", engine);
        if (isWanted(name)) {
          results.put(name, api.averaged(engine, graph));
        }
      }
    }
    Dataset<Row> points = api.points("" + data.resolve("points-train.csv"));
    if (isWanted("ml-classifier")) {
      results.put("ml-classifier", api.classifier(points));
    }
    if (isWanted("ml-regressor")) {
      results.put("ml-regressor", api.regressor(points));
    }
  }

  private void parquet(SparkSession spark) {
    JavaApi api = new JavaApi(spark);
    for (String part : List.of("train", "test")) {
      api.points("" + data.resolve("points-" + part + ".csv"))
          .drop("features")
          .write()
          .parquet("" + data.resolve("points-" + part + ".parquet"));
    }
  }

  /** Work that needs a session. */
  private interface OnSpark {
    void accept(SparkSession spark) throws IOException;
  }

  private static void onSpark(OnSpark work) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .getOrCreate()) {
      work.accept(spark);
    }
  }

  // ---- sections of job files

  private static String tables(String source) {
    return """
    data:
      train: {TRAIN}
      test: {TEST}
      batchSize: 16
    """
        .replace("TRAIN", source.replace("PART", "train"))
        .replace("TEST", source.replace("PART", "test"));
  }

  private static String labels(String columns) {
    return POINTS.replace("label: kind", "label: " + columns);
  }

  private static String wide(String shape) {
    return tables("csv: {path: DATA/wide-PART.csv, label: kind, inputShape: %s}".formatted(shape));
  }

  private static String steps(String label) {
    return tables(
            "csv: {path: DATA/steps-PART.csv, features: x0..y4, label: [%s], inputShape: [5, 2]}"
                .formatted(label))
        .replace("batchSize", "task: classification\n  batchSize");
  }

  private static String sentences() {
    return tables("text: {path: DATA/sentences-PART.tsv, length: 6, maxWords: 98}");
  }

  private static String pictures() {
    return tables("idx: {images: DATA/PART-images, labels: DATA/PART-labels}")
        .replace("batchSize", "normalise: scale\n  batchSize");
  }

  private static String images28() {
    return tables("images: {path: DATA/letters/PART, height: 28, width: 28, channels: 1}");
  }

  // ---- runs

  private void train(String name, String data, String... layers) throws IOException {
    StringBuilder network = new StringBuilder("network:\n  layers:\n");
    for (String layer : layers) {
      network.append("    - ").append(layer).append('\n');
    }
    job(name, data + network + TRAINING);
    braid(name, "train", "" + this.data.resolve(name + ".yaml"), List.of());
  }

  /** The points with other settings. */
  private void trainWith(String name, String... settings) throws IOException {
    job(name, POINTS + "network: {layers: [{%s}, {%s}]}\n".formatted(DENSE, CLASSES) + TRAINING);
    braid(name, "train", "" + data.resolve(name + ".yaml"), sets(settings));
  }

  private void network(String name, String data, String network, String... settings)
      throws IOException {
    job(name, data + "network: " + network + "\n" + TRAINING);
    braid(name, "train", "" + this.data.resolve(name + ".yaml"), sets(settings));
  }

  private void transfer(String name, String dataAndTransfer) throws IOException {
    job(name, dataAndTransfer + TRAINING);
    braid(name, "transfer", "" + data.resolve(name + ".yaml"), List.of());
  }

  private void infer(String name, String model, String input, String more, String output)
      throws IOException {
    job(
        name,
        "model: %s\ninput: {%s}\n%s\noutput: {folder: RUNS/%s, %s}\nbatchSize: 16\n"
            .formatted(model, input, more, name, output));
    braid(name, "infer", "" + data.resolve(name + ".yaml"), List.of());
  }

  private void embed(String name, String text, String... settings) throws IOException {
    job(name, text);
    braid(name, "embed", "" + data.resolve(name + ".yaml"), sets(settings));
  }

  /** A training that goes on from its last checkpoint, as if it had been killed before its end. */
  private void resumeEmbedding(String name, String text, String rows) throws IOException {
    embed(name, text, rows);
    if (isWanted(name)) {
      List<String> first = results.remove(name);
      Files.delete(runs.resolve(name).resolve("summary.json"));
      braid(name, "embed", "" + data.resolve(name + ".yaml"), sets(rows), "--resume");
      results.get(name).addAll(0, first.stream().map(line -> "unbroken: " + line).toList());
    }
  }

  private void job(String name, String text) throws IOException {
    Files.writeString(
        data.resolve(name + ".yaml"), text.replace("DATA", "" + data).replace("RUNS", "" + runs));
  }

  private boolean isWanted(String name) {
    return wanted.isEmpty() || wanted.contains(name);
  }

  private void braid(
      String name, String command, String argument, List<String> more, String... flags)
      throws IOException {
    if (!isWanted(name)) {
      return;
    }
    Path folder = runs.resolve(name);
    List<String> line = new ArrayList<>(List.of(command, argument));
    line.addAll(more);
    line.addAll(List.of(flags));
    if (!command.matches("convert|tsne")) {
      line.addAll(List.of("--master", "local[2]", "--output", "" + folder));
    }
    CommandLineRun run = CommandLineRun.braid(line.toArray(String[]::new));
    List<String> lines = new ArrayList<>();
    if (run.exitCode() != 0) {
      lines.add(
          "exit code %d: %s".formatted(run.exitCode(), run.err().lines().findFirst().orElse("")));
    }
    if (Files.exists(folder)) {
      lines.addAll(new Leavings(data, folder).lines());
    }
    results.put(name, lines);
    System.out.println(name + "  " + (run.exitCode() == 0 ? "done" : run.err()));
  }

  /** What a command prints is its result. */
  private void said(String name, String... line) {
    if (isWanted(name)) {
      CommandLineRun run = CommandLineRun.braid(line);
      results.put(name, (run.out() + run.err()).lines().toList());
    }
  }

  private static List<String> sets(String... settings) {
    List<String> line = new ArrayList<>();
    for (String setting : settings) {
      line.addAll(List.of("--set", setting));
    }
    return line;
  }

  private static String[] with(String[] settings, String more) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = more;
    return all;
  }
}
