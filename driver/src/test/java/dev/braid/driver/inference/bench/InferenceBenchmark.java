// jobs/src/test/bench/infer.sh builds and runs it:
//
//   jobs/src/test/bench/infer.sh /tmp/bench 200000 3
package dev.braid.driver.inference.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.inference.InferenceRun;
import dev.braid.driver.inference.InferenceSettings;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.source.Sources;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.inference.BatchSize;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.inference.Predictor;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.model.ModelFile;
import dev.braid.worker.random.SplitMix;
import dev.braid.worker.state.State;
import dev.braid.worker.task.AnswerDetail;
import dev.braid.worker.task.Decoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.bytedeco.javacpp.Pointer;
import scala.collection.JavaConverters;

/**
 * Rows a second of a LeNet on 28 x 28 images: a whole scoring on {@code local[2]}, Parquet read and
 * written, its checks and measurements included, against one thread that reads and writes the same
 * with Parquet's own library and asks the same engine with its best batch size, against one that
 * only asks it, and against such a loop in PyTorch, in turns. Arguments: a folder, rows, turns, and
 * the command of the loop in PyTorch. With one turn only the scoring is done, to see what memory it
 * takes.
 */
public final class InferenceBenchmark {
  private static final String LENET =
      """
      {"network": {"layers": [
         {"convolution": {"filters": 20, "kernel": 5, "activation": "relu"}},
         {"maxPooling": {"kernel": 2}},
         {"convolution": {"filters": 50, "kernel": 5, "activation": "relu"}},
         {"maxPooling": {"kernel": 2}},
         {"flatten": {}},
         {"dense": {"units": 500, "activation": "relu"}},
         {"output": {"loss": "crossEntropy"}}]},
       "inputs": [{"name": "input", "shape": [1, 28, 28],
          "normaliser": {"shift": [0], "scale": [0.003921569], "inner": 1}}],
       "labels": [{"task": "classification", "width": 1,
          "classes": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}],
       "provenance": {"braid": "bench", "seed": 1, "settingsSha256": "00", "epochs": 0,
          "rounds": 0, "examples": 0}}
      """;
  private static final int WIDTH = 28 * 28;
  private static final int FILES = 16;

  private InferenceBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int rows = Integer.parseInt(arguments[1]);
    int turns = Integer.parseInt(arguments[2]);
    Path file = folder.resolve("model.zip");
    write(file);
    byte[] bytes = Files.readAllBytes(file);
    try (SparkSession spark =
            SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", false)
                .getOrCreate();
        LoadedModel model = ModelBytes.load(bytes, ForeignSettings.NONE)) {
      Path data = folder.resolve("data-" + rows);
      if (!Files.exists(data)) {
        data(spark, data, rows);
      }
      List<Double> ratios = new ArrayList<>();
      List<Double> askingRatios = new ArrayList<>();
      List<Double> torchRatios = new ArrayList<>();
      for (int turn = 0; turn < turns; turn++) {
        int size = BatchSize.measure(model);
        double alone = turns == 1 ? Double.NaN : alone(model, size, Math.min(rows, 100_000));
        double loop =
            turns == 1
                ? Double.NaN
                : loop(model, size, data, folder.resolve("loop-" + System.nanoTime()), rows);
        double whole = whole(spark, file, data, folder.resolve("out-" + System.nanoTime()), rows);
        double torch = turns == 1 || arguments.length < 4 ? Double.NaN : torch(arguments[3], rows);
        ratios.add(whole / loop);
        askingRatios.add(whole / alone);
        torchRatios.add(whole / torch);
        System.out.printf(
            "scoring on local[2] %,.0f rows/s; one thread, %d rows at once: %,.0f rows/s, %.2f x;"
                + " only asking: %,.0f rows/s, %.2f x;"
                + " PyTorch: %,.0f rows/s, %.2f x; heap peak %d MB, process %d MB%n",
            whole,
            size,
            loop,
            whole / loop,
            alone,
            whole / alone,
            torch,
            whole / torch,
            heapPeak() >> 20,
            Pointer.physicalBytes() >> 20);
      }
      System.out.printf(
          "medians: %.2f x one thread, %.2f x one that only asks, %.2f x PyTorch%n",
          median(ratios), median(askingRatios), median(torchRatios));
    }
  }

  private static void write(Path file) throws Exception {
    ModelDescription description = new JsonMapper().readValue(LENET, ModelDescription.class);
    State state = description.plan().initialState(1);
    ModelFile.write(
        Files.newOutputStream(file), new Model(description, state.params(), state.statistics()));
  }

  /** Pictures of which about half the pixels are 0, as in Fashion-MNIST. */
  private static void data(SparkSession spark, Path path, int rows) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Integer> parts = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      parts.add(i);
    }
    var images =
        sc.parallelize(parts, FILES)
            .flatMap(
                part -> {
                  SplitMix random = SplitMix.stream(part);
                  return IntStream.range(0, rows / FILES)
                      .mapToObj(
                          i -> {
                            List<Float> image = new ArrayList<>(WIDTH);
                            for (int k = 0; k < WIDTH; k++) {
                              image.add((float) Math.max(0, random.nextInt(512) - 256));
                            }
                            return RowFactory.create(
                                (long) part * (rows / FILES) + i,
                                JavaConverters.asScalaBufferConverter(image).asScala().toSeq());
                          })
                      .iterator();
                });
    spark
        .createDataFrame(
            images,
            DataTypes.createStructType(
                List.of(
                    DataTypes.createStructField("id", DataTypes.LongType, false),
                    DataTypes.createStructField(
                        "image", DataTypes.createArrayType(DataTypes.FloatType, false), false))))
        .write()
        .parquet(path.toString());
  }

  private static double alone(LoadedModel model, int size, int rows) {
    float[] inputs = new float[size * WIDTH];
    SplitMix random = SplitMix.stream(7);
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = Math.max(0, random.nextInt(512) - 256) / 255f;
    }
    try (Predictor predictor = model.predictor()) {
      predictor.answer(MiniBatch.unlabelled(size, inputs));
      long begin = System.nanoTime();
      for (int done = 0; done < rows; done += size) {
        predictor.answer(MiniBatch.unlabelled(size, inputs));
      }
      return rows / ((System.nanoTime() - begin) / 1e9);
    }
  }

  /** One thread reads rows, asks the model, and writes what {@link #whole} writes. */
  private static double loop(LoadedModel model, int size, Path data, Path output, int rows)
      throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message scored { required int64 id; required binary prediction (STRING);"
                + " required int32 predictionIndex; repeated float probabilities;"
                + " required binary modelSha256 (STRING); }");
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    ModelFacts facts = model.facts();
    Decoder decoder = facts.outputs().get(0).decoder();
    float[] inputs = new float[size * WIDTH];
    long[] ids = new long[size];
    int done = 0;
    long begin = System.nanoTime();
    try (Predictor predictor = model.predictor();
        Stream<Path> files = Files.list(data)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).sorted().toList()) {
        try (ParquetReader<Group> in =
                ParquetReader.builder(new GroupReadSupport(), hadoop(file)).build();
            ParquetWriter<Group> out =
                ExampleParquetWriter.builder(hadoop(output.resolve(file.getFileName())))
                    .withType(schema)
                    .withCompressionCodec(CompressionCodecName.SNAPPY)
                    .build()) {
          int n = size;
          while (n == size) {
            n = read(in, size, ids, inputs);
            facts.inputs().get(0).normaliser().applyInPlace(inputs, 0, n * WIDTH);
            float[] answers =
                predictor.answer(MiniBatch.unlabelled(n, Arrays.copyOf(inputs, n * WIDTH)))[0];
            for (int i = 0; i < n; i++) {
              float[] answer = Arrays.copyOfRange(answers, 10 * i, 10 * (i + 1));
              List<Object> said = decoder.answer(answer, 1, new AnswerDetail(0));
              Group group =
                  groups
                      .newGroup()
                      .append("id", ids[i])
                      .append("prediction", (String) said.get(0))
                      .append("predictionIndex", (int) said.get(1));
              for (float probability : answer) {
                group.append("probabilities", probability);
              }
              out.write(group.append("modelSha256", facts.sha256()));
            }
            done += n;
          }
        }
      }
    }
    if (done != rows) {
      throw new IllegalStateException(done + " rows instead of " + rows);
    }
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  private static int read(ParquetReader<Group> in, int size, long[] ids, float[] inputs)
      throws IOException {
    int n = 0;
    for (Group row = null; n < size && (row = in.read()) != null; n++) {
      ids[n] = row.getLong("id", 0);
      Group image = row.getGroup("image", 0);
      for (int k = 0; k < WIDTH; k++) {
        inputs[n * WIDTH + k] = image.getGroup(0, k).getFloat(0, 0);
      }
    }
    return n;
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private static double whole(SparkSession spark, Path model, Path data, Path output, int rows) {
    long begin = System.nanoTime();
    InferenceRun run =
        InferenceRun.check(
            new InferenceSettings(
                model.toString(),
                ForeignSettings.NONE,
                Sources.parquet(data.toString(), null, List.of("image"), null),
                List.of("id"),
                OutputSettings.of(output.toString()),
                null,
                false,
                1,
                0.0),
            output.toString(),
            new Configuration());
    long scored = run.run(spark, new Stop(), progress -> {}).counts().rows();
    if (scored != rows) {
      throw new IllegalStateException(scored + " rows instead of " + rows);
    }
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  /** What the command says before the words {@code rows/s}. */
  private static double torch(String command, int rows) throws IOException {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.add(String.valueOf(Math.min(rows, 100_000)));
    ProcessBuilder builder = new ProcessBuilder(words).redirectError(Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "1");
    try (BufferedReader said = builder.start().inputReader()) {
      String line = said.readLine();
      String[] before = line.replace(",", "").split(" ?rows/s", -1)[0].split(" ", -1);
      return Double.parseDouble(before[before.length - 1]);
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static long heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
