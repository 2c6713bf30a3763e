package dev.braid.driver.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.inference.InferenceRun.Outcome;
import dev.braid.driver.inference.output.OutputSettings;
import dev.braid.driver.run.Stop;
import dev.braid.driver.run.Stopped;
import dev.braid.driver.source.Csv;
import dev.braid.driver.source.Idx;
import dev.braid.driver.source.Images;
import dev.braid.driver.source.Libsvm;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.model.Model;
import dev.braid.worker.random.SplitMix;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

class InferenceSparkTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final StructType TABLE =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField("id", DataTypes.LongType, false),
              DataTypes.createStructField(
                  "x", DataTypes.createArrayType(DataTypes.FloatType, true), true)));

  @TempDir private Path folder;

  private static InferenceSettings settings(
      String model, Source input, List<String> keep, Path output, Integer batchSize) {
    return new InferenceSettings(
        model,
        ForeignSettings.NONE,
        input,
        keep,
        OutputSettings.of(output.toString()),
        batchSize,
        false,
        100,
        1.0);
  }

  private static Outcome run(InferenceSettings settings) {
    return InferenceRun.check(settings, settings.output().folder(), new Configuration())
        .run(LocalSpark.session(), new Stop(), progress -> {});
  }

  /** The predictions in the order in which they were written. */
  private static List<Row> predictions(Path output) {
    List<Row> rows = new ArrayList<>();
    for (Path file : parts(output.resolve("predictions"), ".parquet")) {
      rows.addAll(LocalSpark.session().read().parquet(file.toString()).collectAsList());
    }
    return rows;
  }

  private static List<Path> parts(Path folder, String ending) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .filter(file -> file.toString().endsWith(ending))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reasons by file name and row. */
  private static Map<String, String> quarantine(Path output) throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    for (Path file : parts(output.resolve("quarantine"), ".jsonl")) {
      for (String line : Files.readAllLines(file)) {
        JsonNode row = JSON.readTree(line);
        String name = row.get("file").asText().replaceFirst(".*/", "");
        String before =
            reasons.put(name + ":" + row.get("row").asText(), row.get("reason").asText());
        assertEquals(null, before, "twice: " + line);
      }
    }
    return reasons;
  }

  private static float[] floats(Row row, String column) {
    List<Float> list = row.getList(row.fieldIndex(column));
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  private Path parquet(String name, int rows, int files) {
    List<Row> table = new ArrayList<>();
    for (long i = 0; i < rows; i++) {
      List<Float> list = new ArrayList<>();
      for (float number : Scorable.row(i)) {
        list.add(number);
      }
      table.add(
          RowFactory.create(i, JavaConverters.asScalaBufferConverter(list).asScala().toSeq()));
    }
    SparkSession spark = LocalSpark.session();
    Path path = folder.resolve(name);
    spark.createDataFrame(table, TABLE).coalesce(1).write().parquet(path + "-one");
    spark
        .read()
        .parquet(path + "-one")
        .repartitionByRange(files, functions.col("id"))
        .sortWithinPartitions("id")
        .write()
        .parquet(path.toString());
    return path;
  }

  @Test
  void predictions_areTheEngines_whateverBatchSizeAndFiles_inOrder() throws IOException {
    int rows = 700;
    String file = Scorable.write(folder, Scorable.TABLE);
    Model model = Scorable.model(Scorable.TABLE);
    for (int[] layout : new int[][] {{1, 1}, {1, 64}, {7, 33}, {7, 700}}) {
      Path data = parquet("data" + layout[0] + "-" + layout[1], rows, layout[0]);
      Path output = folder.resolve("out" + layout[0] + "-" + layout[1]);
      Source input = Sources.parquet(data.toString(), null, List.of("x"), null);
      Outcome outcome =
          run(settings(file, input, List.of("id", "_row", "_file"), output, layout[1]));
      assertEquals(rows, outcome.counts().rows());
      List<Row> found = predictions(output);
      assertEquals(rows, found.size());
      for (int i = 0; i < rows; i++) {
        Row row = found.get(i);
        assertEquals((long) i, row.<Long>getAs("id"), "row " + i);
        float[] expected = Scorable.answer(model, Scorable.row(i));
        assertArrayEquals(expected, floats(row, "probabilities"), 1e-6f, "row " + i);
        int index = row.<Integer>getAs("predictionIndex");
        assertEquals(List.of("red", "green", "blue").get(index), row.<String>getAs("prediction"));
        assertEquals(model.sha256(), row.<String>getAs("modelSha256"));
        for (float probability : expected) {
          assertTrue(expected[index] >= probability - 1e-6f);
        }
      }
      double[] means = outcome.counts().inputSums();
      double first = IntStream.range(0, rows).mapToDouble(i -> Scorable.row(i)[0]).sum();
      assertEquals(first, means[0], 1e-6 * first);
    }
  }

  private Path libsvm() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      lines.append(i % 2);
      float[] row = Scorable.row(i);
      for (int k = 0; k < row.length; k++) {
        lines.append(row[k] == 0 ? "" : "\t%d:%s".formatted(k + 1, row[k]));
      }
      lines.append("\n");
    }
    return Files.writeString(folder.resolve("rows.libsvm"), lines);
  }

  /** Floats, in the format of MNIST. */
  private Path idx() throws IOException {
    Path file = folder.resolve("rows.idx");
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      for (int header : new int[] {0xD02, 100, 6}) {
        out.writeInt(header);
      }
      for (int i = 0; i < 100; i++) {
        for (float number : Scorable.row(i)) {
          out.writeFloat(number);
        }
      }
    }
    return file;
  }

  @Test
  void everyTable_givesWhatTheEngineSays() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    Model model = Scorable.model(Scorable.TABLE);
    Path csv = Files.createDirectories(folder.resolve("csv"));
    Files.writeString(csv.resolve("a.csv"), Scorable.csv(0, 40));
    Files.writeString(csv.resolve("b.csv"), Scorable.csv(40, 100));
    Path json = Files.createDirectories(folder.resolve("json"));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      lines.append(
          "{\"id\": \"row%d\", \"x\": %s}\n".formatted(i, Arrays.toString(Scorable.row(i))));
    }
    Files.writeString(json.resolve("a.json"), lines);
    Map<String, Source> inputs =
        Map.of(
            "csv",
            Sources.csv(csv.toString()),
            "json",
            Sources.json(json.toString()),
            "libsvm",
            new Libsvm(libsvm().toString(), null, null),
            "idx",
            new Idx(idx().toString(), null, null));
    for (Map.Entry<String, Source> input : inputs.entrySet()) {
      Path output = folder.resolve("out-" + input.getKey());
      boolean named = List.of("csv", "json").contains(input.getKey());
      run(settings(file, input.getValue(), List.of(named ? "id" : "_row"), output, null));
      List<Row> found = predictions(output);
      assertEquals(100, found.size());
      for (int i = 0; i < 100; i++) {
        assertEquals(named ? "row" + i : i + 1L, found.get(i).get(0));
        assertArrayEquals(
            Scorable.answer(model, Scorable.row(i)), floats(found.get(i), "probabilities"), 1e-6f);
      }
    }
  }

  @Test
  void brokenRowsOfATable_allAndOnlyThose_goToTheQuarantine() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    List<String> lines = new ArrayList<>(Scorable.csv(0, 1000).lines().toList());
    Map<String, String> expected = new TreeMap<>();
    // The header is row 1: line i of the list is row i + 1.
    lines.set(100, "row99,1,2,3");
    expected.put("data.csv:101", "4 fields, expected 7");
    lines.set(200, "row199,1,2,three,4,5,6");
    expected.put("data.csv:201", "column 'c' holds 'three', which is not a number");
    lines.set(300, "row299,1,2,,4,5,6");
    expected.put("data.csv:301", "column 'c' is empty");
    lines.set(400, "row399,1,2,3,4,5,6,7");
    expected.put("data.csv:401", "8 fields, expected 7");
    lines.set(1000, "row999,1,2,NaN,4,5,6");
    expected.put("data.csv:1001", "column 'c' is not finite: NaN");
    Path data = folder.resolve("data.csv");
    Files.writeString(data, String.join("\n", lines) + "\n");
    Path output = folder.resolve("out");
    Source input = Sources.csv(data.toString());
    Outcome outcome = run(settings(file, input, List.of("id"), output, 50));
    assertEquals(expected, quarantine(output));
    assertEquals(995, outcome.counts().rows());
    assertEquals(5, outcome.counts().quarantined());
    assertEquals(995, predictions(output).stream().map(r -> r.getAs("id")).distinct().count());
  }

  @Test
  void rowsWhoseAnswerIsNotFinite_goToTheQuarantine() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    List<String> lines = new ArrayList<>(Scorable.csv(0, 40).lines().toList());
    lines.set(7, "row6,3e38,3e38,3e38,3e38,3e38,3e38");
    Path csv = Files.write(folder.resolve("large.csv"), lines);
    Path output = folder.resolve("out-large");
    Source input = Sources.csv(csv + "");
    Outcome outcome = run(settings(file, input, List.of("id"), output, 16));
    assertEquals(39, outcome.counts().rows());
    assertEquals(1, outcome.counts().quarantined());
    String reason = quarantine(output).get("large.csv:8");
    assertTrue(reason.startsWith("the model's answer is not finite: ["), reason);
  }

  @Test
  void brokenPictures_allAndOnlyThose_goToTheQuarantine() throws IOException {
    String file = Scorable.write(folder, Scorable.PICTURES);
    Model model = Scorable.model(Scorable.PICTURES);
    Path pictures = Files.createDirectories(folder.resolve("pictures/some"));
    for (int i = 0; i < 10; i++) {
      Files.write(pictures.resolve("p%d.png".formatted(i)), picture(i, 8, "png"));
    }
    byte[] png = picture(3, 8, "png");
    Files.write(pictures.resolve("q-short.png"), Arrays.copyOf(png, png.length / 2));
    byte[] jpeg = picture(3, 8, "jpg");
    Files.write(pictures.resolve("q-short.jpg"), Arrays.copyOf(jpeg, jpeg.length - 12));
    Files.write(pictures.resolve("q-size.png"), picture(3, 9, "png"));
    Files.writeString(pictures.resolve("q-text.png"), "no picture");
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("pictures/more.zip")))) {
      zip.putNextEntry(new ZipEntry("in/z.png"));
      zip.write(picture(5, 8, "png"));
    }
    Path output = folder.resolve("out");
    Source input =
        Sources.of("images", "path", folder.resolve("pictures").toString(), "resize", false);
    run(settings(file, input, List.of("_file"), output, 4));
    Map<String, String> reasons = quarantine(output);
    assertEquals(
        List.of("q-short.jpg:1", "q-short.png:1", "q-size.png:1", "q-text.png:1"),
        List.copyOf(reasons.keySet()));
    assertEquals(
        "the image is 9 high and 9 wide, but the model takes [1, 8, 8]",
        reasons.get("q-size.png:1"));
    List<Row> found = predictions(output);
    assertEquals(11, found.size());
    for (Row row : found) {
      String name = row.<String>getAs("_file").replaceFirst(".*/", "");
      int number = name.equals("z.png") ? 5 : name.charAt(1) - '0';
      assertArrayEquals(
          Scorable.answer(model, pixels(number, 8)), floats(row, "probabilities"), 1e-6f, name);
    }
  }

  /**
   * One row in a hundred: a short row, text in a number, null, wrong size and a picture that is cut
   * off, at random places of each kind of file that can have them.
   */
  @Test
  void onePercentBroken_ofFiveKinds_allAndOnlyThose_withTheirReasons() throws IOException {
    int rows = 3000;
    SplitMix random = SplitMix.stream(17);
    Map<String, String> broken = new TreeMap<>();
    List<String> csv = new ArrayList<>(Scorable.csv(0, rows).lines().toList());
    List<String> json = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      json.add("{\"id\": \"row%d\", \"x\": %s}".formatted(i, Arrays.toString(Scorable.row(i))));
    }
    for (int k = 0; k < rows / 100; k++) {
      int at = 100 * k + random.nextInt(100);
      String id = "row" + at;
      String[] kinds = {
        id + ",1,2,3 | 4 fields, expected 7",
        id + ",1,x2,3,4,5,6 | column 'b' holds 'x2', which is not a number",
        id + ",1,2,3,4,,6 | column 'e' is empty",
      };
      String[] kind = kinds[k % 3].split(" \\| ", -1);
      csv.set(at + 1, kind[0]);
      broken.put("table.csv:" + (at + 2), kind[1]);
      String[] others = {
        "[1, 2, 3, 4, 5] | 5 numbers, but the model takes 6", // wrong size
        "[1, 2, \"many\", 4, 5, 6] | column 'x' holds 'many', which is not a number",
        "[1, 2, null, 4, 5, 6] | column 'x' is empty",
        "null | column 'x' is empty",
      };
      kind = others[k % 4].split(" \\| ", -1);
      json.set(at, "{\"id\": \"%s\", \"x\": %s}".formatted(id, kind[0]));
      broken.put("table.jsonl:" + (at + 1), kind[1]);
    }
    Path csvFile = Files.writeString(folder.resolve("table.csv"), String.join("\n", csv) + "\n");
    Path jsonFile =
        Files.writeString(folder.resolve("table.jsonl"), String.join("\n", json) + "\n");
    Map<String, String> found = new TreeMap<>();
    String model = Scorable.write(folder, Scorable.TABLE);
    found.putAll(scored(model, Sources.csv(csvFile + ""), rows));
    found.putAll(scored(model, Sources.json(jsonFile.toString()), rows));
    assertEquals(broken, found);

    Map<String, String> damaged = new TreeMap<>();
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("pictures.zip")))) {
      for (int i = 0; i < rows / 3; i++) {
        boolean cutOff = i % 400 == 37 || i % 400 == 238; // a JPEG, a PNG
        boolean larger = i % 200 == 138;
        String name = "%04d.%s".formatted(i, i % 2 == 0 ? "png" : "jpg");
        byte[] picture = picture(i, larger ? 9 : 8, name.substring(5));
        zip.putNextEntry(new ZipEntry(name));
        zip.write(cutOff ? Arrays.copyOf(picture, picture.length / 3 * 2) : picture);
        if (cutOff || larger) {
          damaged.put(
              name + ":" + (i + 1),
              cutOff ? "a damaged or unusual image" : "the image is 9 high and 9 wide");
        }
      }
    }
    String pictures = Scorable.write(folder, Scorable.PICTURES);
    Source images =
        Sources.of("images", "path", folder.resolve("pictures.zip").toString(), "resize", false);
    Map<String, String> reasons = scored(pictures, images, rows / 3);
    assertEquals(damaged.keySet(), reasons.keySet());
    damaged.forEach((row, reason) -> assertTrue(reasons.get(row).startsWith(reason), reasons + ""));
  }

  /** The quarantine of a scoring of so many rows, 1 % of which are broken. */
  private Map<String, String> scored(String model, Source input, int rows) throws IOException {
    Path output = folder.resolve("out-" + input.getClass().getSimpleName());
    List<String> keep = input instanceof Images ? List.of("_row") : List.of("id", "_row");
    Outcome outcome = run(settings(model, input, keep, output, 32));
    assertEquals(rows / 100, outcome.counts().quarantined());
    assertEquals(rows - rows / 100, outcome.counts().rows());
    assertEquals(0.01, outcome.counts().quarantinedShare(), 1e-12);
    Map<String, String> quarantine = quarantine(output);
    List<Long> left = predictions(output).stream().map(row -> row.<Long>getAs("_row")).toList();
    assertEquals(rows - rows / 100, left.stream().distinct().count());
    for (String key : quarantine.keySet()) {
      assertFalse(left.contains(Long.valueOf(key.replaceFirst(".*:", ""))), key);
    }
    return quarantine;
  }

  private static float[] pixels(int number, int size) {
    float[] pixels = new float[size * size];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 37 + number * 11) % 256;
    }
    return pixels;
  }

  private static byte[] picture(int number, int size, String format) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    float[] pixels = pixels(number, size);
    for (int i = 0; i < pixels.length; i++) {
      image.getRaster().setSample(i % size, i / size, 0, (int) pixels[i]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  @Test
  void texts_areReadByTheVocabulary_asLinesAndAsFiles() throws IOException {
    String file = Scorable.write(folder, Scorable.TEXTS);
    Model model = Scorable.model(Scorable.TEXTS);
    Path words = Files.writeString(folder.resolve("words.txt"), "the\ncat 17\nsat\n");
    Path lines =
        Files.writeString(
            folder.resolve("lines.txt"), "The cat sat.\n\n...\nthe the dog sat on it");
    Path output = folder.resolve("out-lines");
    Source input = Sources.text(lines, "vocabulary", words.toString());
    run(settings(file, input, List.of("text", "_row"), output, null));
    List<Row> found = predictions(output);
    assertEquals(2, found.size());
    assertEquals("The cat sat.", found.get(0).getString(0));
    assertEquals(4, found.get(1).getLong(1));
    float[][] indices = {{2, 3, 4, 0}, {2, 2, 1, 4}};
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(
          Scorable.answer(model, indices[i]), floats(found.get(i), "probabilities"), 1e-6f);
    }
    assertEquals(Map.of("lines.txt:3", "the text has no word"), quarantine(output));

    Path red = Files.createDirectories(folder.resolve("texts/red"));
    Files.writeString(red.resolve("a.txt"), "the\ncat");
    Files.write(red.resolve("b.txt"), new byte[] {(byte) 0xC3, 'a'});
    output = folder.resolve("out-files");
    input =
        Sources.text(
            folder.resolve("texts"),
            "texts",
            "files",
            "labelFromFolder",
            true,
            "vocabulary",
            words.toString(),
            "tokenizer",
            "whitespace",
            "first",
            10,
            "unknown",
            5,
            "padding",
            7,
            "align",
            "end");
    Outcome outcome = run(settings(file, input, List.of("_file"), output, null));
    assertEquals(1, outcome.counts().labelled());
    assertEquals(Map.of("b.txt:1", "not a text in UTF-8"), quarantine(output));
    assertArrayEquals(
        Scorable.answer(model, new float[] {7, 7, 10, 11}),
        floats(predictions(output).get(0), "probabilities"),
        1e-6f);
  }

  /** A scoring of five files of ten rows each, two of them in a batch. */
  private InferenceSettings incremental(Path data, Path output) throws IOException {
    for (int i = 0; i < 5; i++) {
      Files.writeString(data.resolve(i + ".csv"), Scorable.csv(10 * i, 10 * i + 10));
    }
    return new InferenceSettings(
        Scorable.write(folder, Scorable.TABLE),
        ForeignSettings.NONE,
        Sources.csv(data.toString()),
        List.of("id"),
        OutputSettings.of(output.toString()),
        16,
        true,
        2,
        1.0);
  }

  @Test
  void stopAsked_leavesTheBatchesInPlace_andTheNextRunTheRest() throws IOException {
    Path output = folder.resolve("out");
    InferenceSettings settings = incremental(Files.createDirectory(folder.resolve("data")), output);
    Stop stop = new Stop();
    InferenceRun run = InferenceRun.check(settings, output.toString(), new Configuration());
    Stopped e =
        assertThrows(
            Stopped.class,
            () -> run.run(LocalSpark.session(), stop, firstBatchScored -> stop.request()));
    assertEquals("stopped; 1 batches of this run are in place", e.getMessage());
    assertEquals(20, predictions(output).size());
    assertEquals(30, run(settings).counts().rows());
    assertEquals(50, predictions(output).stream().map(row -> row.getAs("id")).distinct().count());
  }

  @Test
  void stopAsked_beforeTheFirstBatch_leavesNothing() throws IOException {
    Path data = folder.resolve("data.csv");
    Files.writeString(data, Scorable.csv(0, 10));
    Path output = folder.resolve("out");
    String file = Scorable.write(folder, Scorable.TABLE);
    InferenceSettings settings =
        settings(file, Sources.csv(data.toString()), List.of("id"), output, 4);
    Stop stop = new Stop();
    stop.request();
    InferenceRun run = InferenceRun.check(settings, output.toString(), new Configuration());
    Stopped e =
        assertThrows(Stopped.class, () -> run.run(LocalSpark.session(), stop, progress -> {}));
    assertEquals("stopped; 0 batches of this run are in place", e.getMessage());
    assertEquals(List.of(), predictions(output));
  }

  @Test
  void incremental_scoresOnlyWhatIsNew() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path output = folder.resolve("out");
    InferenceSettings settings = incremental(data, output);
    Outcome first = run(settings);
    assertEquals(50, first.counts().rows());
    assertEquals(3, first.batches());
    assertEquals(0, run(settings).counts().rows());
    Files.writeString(data.resolve("5.csv"), Scorable.csv(50, 60));
    Outcome third = run(settings);
    assertEquals(10, third.counts().rows());
    assertEquals(60, third.total().rows());
    assertEquals(1, third.counts().files());
    assertEquals(6, third.total().files());
    List<Row> found = predictions(output);
    assertEquals(60, found.size());
    assertEquals(60, found.stream().map(row -> row.getAs("id")).distinct().count());
  }

  @Test
  void aRunThatWasBrokenOff_mayBeginAgainInItsFolder() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    Path data = folder.resolve("data.csv");
    Files.writeString(data, Scorable.csv(0, 10));
    Path output = folder.resolve("out");
    Files.createDirectories(output.resolve("predictions/.batch=0/_temporary"));
    Files.createDirectories(output.resolve("quarantine/.batch=0"));
    Files.writeString(output.resolve("quarantine/.batch=0/part-00000-local-1-0.jsonl"), "half");
    Source input = Sources.csv(data.toString());
    run(settings(file, input, List.of("id"), output, 4));
    assertEquals(10, predictions(output).size());
    assertEquals(Map.of(), quarantine(output));
    assertFalse(Files.exists(output.resolve("predictions/.batch=0")));
  }

  @Test
  void tooManyBrokenRows_stopTheRun_andAreShown() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    Path data = folder.resolve("data.csv");
    Files.writeString(data, Scorable.csv(0, 10) + "row10,1,2\n");
    Path output = folder.resolve("out");
    InferenceSettings settings =
        new InferenceSettings(
            file,
            ForeignSettings.NONE,
            Sources.csv(data.toString()),
            List.of("id"),
            OutputSettings.of(output.toString()),
            4,
            false,
            1,
            0.01);
    TooManyBroken e = assertThrows(TooManyBroken.class, () -> run(settings));
    assertTrue(
        e.getMessage().startsWith("1 of 11 rows cannot be scored, more than the share of 0.01"),
        e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith("1 rows were set apart like file:" + data + ", row 12: 3 fields, expected 7"),
        e.getMessage());
    assertEquals(Map.of("data.csv:12", "3 fields, expected 7"), quarantine(output));
    assertTrue(predictions(output).isEmpty());
  }

  @Test
  void whatDoesNotFit_isSaidBeforeSparkStarts() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    Path data = folder.resolve("data.csv");
    Files.writeString(data, Scorable.csv(0, 3));
    Path output = folder.resolve("out");
    String csv = data.toString();
    assertSays(
        settings(
            file, Sources.csv(csv, null, null, null, List.of("a..c"), null), List.of(), output, 1),
        "input.csv: a row of file:" + csv + " has 3 numbers, but the model takes [6], that is 6");
    assertSays(
        settings(file, Sources.csv(csv), List.of("idd"), output, 1),
        "keep: there is no column 'idd'; did you mean 'id'?");
    Files.createDirectories(output);
    Files.writeString(output.resolve("something"), "");
    assertSays(
        settings(file, Sources.csv(csv), List.of("id"), output, 1),
        output + " is not empty; choose another output.folder");
    assertSays(
        settings(folder.resolve("no.zip").toString(), Sources.csv(csv), List.of(), output, 1),
        "model: there is no file " + folder.resolve("no.zip"));
    assertFalse(Files.exists(output.resolve("predictions")));
  }

  private static void assertSays(InferenceSettings settings, String beginning) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> InferenceRun.check(settings, settings.output().folder(), new Configuration()));
    assertTrue(e.getMessage().startsWith(beginning), e.getMessage());
  }

  /** The model of {@link Scorable#TABLE}, which knows its columns as a to f. */
  private String namedModel() throws IOException {
    StringBuilder columns = new StringBuilder();
    for (String name : List.of("a", "b", "c", "d", "e", "f")) {
      columns
          .append(columns.isEmpty() ? "" : ",")
          .append("{\"name\": \"%s\", \"as\": {\"numbers\": {\"width\": 1}}}".formatted(name));
    }
    String encoding = "\"encoding\": {\"columns\": [" + columns + "], \"maskedStep\": 0},";
    return Scorable.write(folder, Scorable.TABLE.replace("\"shape\"", encoding + "\"shape\""));
  }

  @Test
  void separatorsAtTheEnd_nameNoColumn() throws IOException {
    String file = Scorable.write(folder, Scorable.TABLE);
    Path plain = Files.writeString(folder.resolve("plain.csv"), Scorable.csv(0, 5));
    Path ended =
        Files.writeString(folder.resolve("ended.csv"), Scorable.csv(0, 5).replace("\n", ",\n"));
    List<float[]> answers = new ArrayList<>();
    for (Path path : List.of(plain, ended)) {
      Path output = folder.resolve("of-" + path.getFileName());
      Csv csv = Sources.csv(path.toString(), null, null, null, List.of("a..f"), null);
      assertEquals(0, run(settings(file, csv, List.of(), output, 3)).counts().quarantined());
      predictions(output).forEach(row -> answers.add(floats(row, "probabilities")));
    }
    for (int i = 0; i < 5; i++) {
      assertArrayEquals(answers.get(i), answers.get(5 + i), 0);
    }
  }

  @Test
  void columns_goByName_inEachFile_andWhatLacksOneIsSetApart() throws IOException {
    Path data = Files.createDirectory(folder.resolve("named"));
    float[] row = Scorable.row(3);
    Files.writeString(
        data.resolve("1.csv"),
        "a,b,c,d,e,f\n%s,%s,%s,%s,%s,%s\n"
            .formatted(row[0], row[1], row[2], row[3], row[4], row[5]));
    Files.writeString(
        data.resolve("2.csv"),
        "text,f,e,d,c,b,a\n\"x\ny\",%s,%s,%s,%s,%s,%s\n"
            .formatted(row[5], row[4], row[3], row[2], row[1], row[0]));
    Files.writeString(
        data.resolve("3 \u00e9%20.csv"), "1,2,3,4,5,6\n1,2,\"3\n3\",4,5,6\n\n1,2,3,4,5,6\n");
    Path output = folder.resolve("named-out");
    Outcome outcome =
        run(settings(namedModel(), Sources.csv(data.toString()), List.of("_file"), output, 2));
    assertEquals(2, outcome.counts().quarantined());
    assertEquals(
        Optional.of(
            "2 rows were set apart like file:%s: there is no column 'a': 1, 2, 3, 4, 5, 6"
                .formatted(data.resolve("3 \u00e9%20.csv"))),
        outcome.survey().commonestReason());
    assertTrue(
        Files.readString(parts(output.resolve("quarantine"), ".jsonl").get(0))
            .contains("\"row\":0,\"rows\":2,\"reason\":\"there is no column"));
    List<Row> scored = predictions(output);
    assertEquals(2, scored.size());
    assertEquals(
        scored.get(0).getAs("probabilities"), scored.get(1).<Object>getAs("probabilities"));
    assertArrayEquals(
        Scorable.answer(Scorable.model(Scorable.TABLE), row),
        floats(scored.get(1), "probabilities"));
    assertEquals(
        Map.of("3 \u00e9%20.csv:0", "there is no column 'a': 1, 2, 3, 4, 5, 6"),
        quarantine(output));
  }

  @Test
  void filesOfParquet_haveTheirOwnNames_andColumnsGoByName() throws IOException {
    float[] row = Scorable.row(3);
    StructType schema = new StructType();
    List<Object> values = new ArrayList<>();
    for (int i = 5; i >= 0; i--) {
      schema = schema.add(String.valueOf("abcdef".charAt(i)), DataTypes.DoubleType);
      values.add((double) row[i]);
    }
    Path data = folder.resolve("one");
    LocalSpark.session()
        .createDataFrame(List.of(RowFactory.create(values.toArray())), schema)
        .coalesce(1)
        .write()
        .parquet(data.toString());
    Path named = folder.resolve("a b%20\u00e9[1].parquet");
    Files.copy(parts(data, ".parquet").get(0), named);
    Path output = folder.resolve("own-out");
    run(settings(namedModel(), Sources.parquet(folder + "/a*"), List.of("_file"), output, 1));
    Row scored = predictions(output).get(0);
    assertEquals("file:" + named, scored.getAs("_file"));
    assertArrayEquals(
        Scorable.answer(Scorable.model(Scorable.TABLE), row), floats(scored, "probabilities"));
  }
}
