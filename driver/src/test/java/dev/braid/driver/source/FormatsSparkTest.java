package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.BrokenRows;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.Item;
import dev.braid.driver.source.row.Placed;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every format alike. */
class FormatsSparkTest {
  @TempDir private Path folder;

  private static TrainingData load(Source train, Source test, Double broken) {
    DataSettings settings =
        new DataSettings(train, test, null, null, null, new BrokenRows(broken), null);
    DataFacts facts = Sources.check(settings);
    return TrainingData.load(LocalSpark.session(), settings, facts, 2, 1);
  }

  /** Each example as its input and its label, in the order of the shards. */
  private static List<String> examples(Shards shards) {
    return shards
        .rdd()
        .flatMap(
            shard -> {
              List<String> examples = new ArrayList<>();
              int width = shard.input(0).width();
              for (int i = 0; i < shard.size(); i++) {
                float[] row = new float[width + 1];
                shard.input(0).read(i, row, 0);
                shard.label(0).read(i, row, width);
                examples.add(Arrays.toString(row));
              }
              return examples.iterator();
            })
        .collect();
  }

  private static List<String> sorted(List<String> examples) {
    return examples.stream().sorted().toList();
  }

  /** What the file of a model keeps that has learned from these facts. */
  private static ModelFacts model(SourceFacts facts) {
    return Sources.model(
        facts.inputs().get(0).shape(),
        facts.inputs().get(0).encoding(),
        facts.outputs().get(0).classes());
  }

  private static JavaRDD<Placed<Item>> items(Source source, ModelFacts model) {
    Inspection inspection =
        new Inspection(new Configuration(), "input", Optional.empty(), Optional.empty());
    InputPlan plan = source.plan(inspection, model, List.of("_row"));
    return source.items(
        LocalSpark.session(), plan, inspection.files("path", source.path()), 1 << 20);
  }

  private static List<String> scored(Source source, ModelFacts model) {
    List<String> classes = model.outputs().get(0).labels().classes();
    return items(source, model)
        .map(
            row -> {
              float[] input = row.value().inputs()[0];
              float[] example = Arrays.copyOf(input, input.length + 1);
              example[input.length] = classes.indexOf(Values.text(row.value().labels()[0][0]));
              return Arrays.toString(example);
            })
        .collect();
  }

  /** The examples as {@code evaluate} reads them for a model. */
  private static List<String> evaluated(Source source, SourceFacts training) {
    SourceFacts known =
        new SourceFacts(
            training.inputs().stream()
                .map(
                    i ->
                        new SourceFacts.Input(i.name(), i.shape(), Kind.FLOAT, false, i.encoding()))
                .toList(),
            training.outputs(),
            OptionalLong.empty());
    SourceFacts facts =
        Preflight.check(
            source, "data.test", new Configuration(), known, BrokenRows.NONE, Beside.NONE);
    try (Shards shards = Shards.of(source.read(LocalSpark.session(), facts), 2, 1)) {
      return examples(shards);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rows_giveTheSameInputs_inTrainingEvaluationAndScoring(SampleFiles sample)
      throws IOException {
    Path path = sample.write(folder, false);
    try (TrainingData data = load(sample.learned(path), sample.learned(path), null)) {
      List<String> learned = sorted(examples(data.train()));
      assertEquals(SampleFiles.ROWS, learned.size());
      assertTrue(learned.stream().distinct().count() > 10, learned.toString());
      assertEquals(2, data.facts().outputs().get(0).classes().size());
      assertEquals(learned, sorted(examples(data.of(Part.TEST).orElseThrow())));
      assertEquals(learned, sorted(evaluated(sample.learned(path), data.facts())));
      assertEquals(learned, sorted(scored(sample.applied(path), model(data.facts()))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void brokenRows_withinTheLimit_areLeftOut_andAreThoseThatAScoringSetsApart(SampleFiles sample)
      throws IOException {
    Path path = sample.write(folder, true);
    try (TrainingData data = load(sample.learned(path), null, 0.06)) {
      assertEquals(SampleFiles.ROWS - sample.numBroken(), data.train().numExamples());
      Map<String, String> leftOut = new TreeMap<>();
      data.leftOut().get(0).first().forEach(row -> leftOut.put(row.place(), row.reason()));
      assertEquals(sample.numBroken(), leftOut.size());
      Map<String, String> setApart = new TreeMap<>();
      items(sample.applied(path), model(data.facts()))
          .filter(Placed::isBroken)
          .map(row -> List.of(row.place(), row.problem()))
          .collect()
          .forEach(row -> setApart.put(row.get(0), row.get(1)));
      assertEquals(leftOut, setApart);
    }
  }

  @ParameterizedTest
  @EnumSource
  void brokenRows_beyondTheLimit_endTheTraining_andWithoutOneTheFirstDoes(SampleFiles sample)
      throws IOException {
    Path path = sample.write(folder, true);
    IllegalArgumentException more =
        assertThrows(
            IllegalArgumentException.class, () -> load(sample.learned(path), null, 0.01).close());
    assertTrue(
        more.getMessage()
            .startsWith(
                "%d of 40 rows cannot be used, more than the share of 0.01 that"
                    .formatted(sample.numBroken())),
        more.getMessage());
    IllegalArgumentException first =
        assertThrows(
            IllegalArgumentException.class, () -> load(sample.learned(path), null, null).close());
    assertTrue(first.getMessage().startsWith("file:" + folder), first.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void hiddenFiles_areSaidToBeLeftOut(SampleFiles sample) throws IOException {
    Path path = sample.write(Files.createDirectories(folder.resolve("some")), false);
    boolean plain = !Files.isDirectory(path) && sample != SampleFiles.IDX;
    Path below = plain ? path.getParent() : path;
    if (sample == SampleFiles.IDX) {
      return; // its folders hold files of two kinds; a wildcard names one
    }
    Files.writeString(below.resolve("._hidden"), "nothing");
    String words = "1 file left out: 1 hidden (._hidden)";
    assertEquals(List.of(words), sample.applied(below).leftOut(Inspection.of(new Configuration())));
    try (TrainingData data = load(sample.learned(below), null, null)) {
      assertTrue(data.facts().remarks().contains(words), data.facts().remarks() + "");
      assertTrue(
          data.facts().remarks().get(0).matches("classes of all 40 examples: \\w 20, \\w 20"),
          data.facts().remarks() + "");
    }
  }

  private List<String> learned(Path path) {
    try (TrainingData data = load(Sources.images(path, null, null, 1), null, null)) {
      assertEquals(List.of("a", "b"), data.facts().outputs().get(0).classes(), path.toString());
      return examples(data.train());
    }
  }

  @Test
  void archives_giveTheSameExamplesInTheSameOrder_asTheFolderTheyWereMadeOf() throws IOException {
    Map<String, byte[]> files = SampleFiles.pictures(false);
    List<String> expected = learned(SampleFiles.unpacked(folder.resolve("plain"), files));
    Map<String, byte[]> below = new TreeMap<>();
    files.forEach((name, content) -> below.put("pictures/" + name, content));
    below.put("__MACOSX/pictures/a/deep/._00.pgm", new byte[] {1});
    below.put("pictures/readme.txt", new byte[] {1});
    assertEquals(expected, learned(SampleFiles.zipped(folder.resolve("1.zip"), files)));
    assertEquals(expected, learned(SampleFiles.zipped(folder.resolve("2.zip"), below)));
    assertEquals(expected, learned(SampleFiles.tarred(folder.resolve("3.tar"), below)));
    assertEquals(expected, learned(SampleFiles.tarred(folder.resolve("4.tar.gz"), files)));
    Path each = Files.createDirectories(folder.resolve("each"));
    for (String name : List.of("a", "b")) {
      Map<String, byte[]> flat = new TreeMap<>();
      files.forEach(
          (file, content) -> {
            if (file.startsWith(name)) {
              flat.put(file.replaceFirst(".*/", ""), content);
            }
          });
      SampleFiles.tarred(each.resolve(name + ".tgz"), flat);
    }
    assertEquals(expected, learned(each));
    assertEquals(expected, learned(folder.resolve("each/*.tgz")));
  }

  @Test
  void archive_inTheFolderOfAClass_belongsToIt() throws IOException {
    Map<String, byte[]> files = SampleFiles.pictures(false);
    Path root = SampleFiles.unpacked(folder.resolve("root"), files);
    List<String> expected = learned(root);
    Map<String, byte[]> some = new TreeMap<>();
    for (String name : files.keySet()) {
      if (name.startsWith("b/") && some.size() < 5) {
        some.put("2023/05/" + name.replaceFirst(".*/", ""), files.get(name));
        Files.delete(root.resolve(name));
      }
    }
    SampleFiles.zipped(root.resolve("b/more.zip"), some);
    assertEquals(expected, learned(root));
  }

  @Test
  void archive_thatIsCutOff_isRefusedByName_orLeftOutWithinTheLimit() throws IOException {
    Path whole = SampleFiles.tarred(folder.resolve("whole.tar"), SampleFiles.pictures(false));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.tar"), Arrays.copyOf(bytes, 39 * 1024 + 515));
    Images images = Sources.images(cut, null, null, 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> load(images, null, null).close());
    assertTrue(e.getMessage().startsWith("cannot read file:" + cut), e.getMessage());
    try (TrainingData data = load(images, null, 0.1)) {
      assertEquals(39, data.train().numExamples());
      assertEquals(1, data.leftOut().get(0).count());
    }
  }
}
