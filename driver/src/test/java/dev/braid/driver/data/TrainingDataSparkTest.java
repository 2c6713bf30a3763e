package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.BraidRegistrator;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Idx;
import dev.braid.driver.source.IdxFiles;
import dev.braid.driver.source.Source;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataSparkTest {
  @TempDir private Path folder;

  private static TrainingData load(DataSettings settings, int numShards) {
    DataFacts facts =
        Sources.check(settings, LocalSpark.session().sparkContext().hadoopConfiguration());
    return TrainingData.load(LocalSpark.session(), settings, facts, numShards, 5);
  }

  /** First pixel and label of every example. */
  private static List<List<Integer>> pixelsAndLabels(Shards shards) {
    return shards
        .rdd()
        .flatMap(shard -> IntStream.range(0, shard.size()).mapToObj(i -> row(shard, i)).iterator())
        .collect();
  }

  private static List<Integer> row(Shard shard, int i) {
    float[] values = new float[7];
    shard.input(0).read(i, values, 0);
    shard.label(0).read(i, values, 6);
    return Arrays.asList((int) values[0], (int) values[6]);
  }

  @Test
  void load_validationShare_isKeptAsideFromTraining() throws IOException {
    DataSettings settings =
        new DataSettings(
            IdxFiles.pair(folder, "train", 200),
            IdxFiles.pair(folder, "test", 9),
            new PartOrigin.Share(0.1),
            null,
            InputScaling.SCALE,
            null,
            null);
    try (TrainingData data = load(settings, 3)) {
      assertArrayEquals(new int[] {60, 60, 60}, data.train().sizes());
      assertEquals(20, data.of(Part.DEV).orElseThrow().numExamples());
      assertEquals(9, data.of(Part.TEST).orElseThrow().numExamples());
      List<List<Integer>> all = new ArrayList<>(pixelsAndLabels(data.train()));
      all.addAll(pixelsAndLabels(data.of(Part.DEV).orElseThrow()));
      all.sort((a, b) -> a.get(0) - b.get(0));
      assertEquals(IntStream.range(0, 200).mapToObj(i -> Arrays.asList(i, i % 3)).toList(), all);
      assertEquals(1 / 255f, data.normalisers().get(0).scale()[0]);
    }
  }

  @Test
  void load_indicesOfVectors_areNotScaled() throws IOException {
    for (InputScaling kind : InputScaling.values()) {
      DataSettings settings =
          new DataSettings(
              IdxFiles.pair(folder, kind.name(), 40), null, null, null, kind, null, null);
      NetworkNeeds needs = new NetworkNeeds(List.of(), Set.of(), Map.of("input", 9));
      DataFacts facts = Preflight.check(settings, new Configuration(), train -> needs, List.of());
      try (TrainingData data = TrainingData.load(LocalSpark.session(), settings, facts, 2, 5)) {
        assertEquals(List.of(Normaliser.NONE), data.normalisers());
      }
    }
  }

  @Test
  void load_oneFileOrMany_givesTheSameShards() throws IOException {
    byte[] images = new byte[600];
    byte[] labels = new byte[100];
    for (int i = 0; i < 600; i++) {
      images[i] = (byte) (i * 7);
      labels[i / 6] = (byte) (i % 5);
    }
    Idx whole =
        new Idx(
            IdxFiles.write(folder.resolve("whole-i"), images, 100, 2, 3).toString(),
            IdxFiles.write(folder.resolve("whole-l"), labels, 100).toString(),
            null);
    // Cut after 30, and the parts' names turn their order around.
    IdxFiles.write(folder.resolve("part2-i"), Arrays.copyOf(images, 180), 30, 2, 3);
    IdxFiles.write(folder.resolve("part2-l"), Arrays.copyOf(labels, 30), 30);
    IdxFiles.write(folder.resolve("part1-i"), Arrays.copyOfRange(images, 180, 600), 70, 2, 3);
    IdxFiles.write(folder.resolve("part1-l"), Arrays.copyOfRange(labels, 30, 100), 70);
    Idx parts = new Idx(folder + "/part*-i", folder + "/part*-l", null);

    try (TrainingData one = load(settings(whole, null), 4);
        TrainingData many = load(settings(parts, null), 4)) {
      assertEquals(pixelsAndLabels(one.train()), pixelsAndLabels(many.train()));
    }
  }

  @Test
  void load_standardise_isFittedToTheTrainingPartAlone() throws IOException {
    DataSettings settings = settings(IdxFiles.pair(folder, "train", 100), InputScaling.STANDARDISE);
    try (TrainingData data = load(settings, 3)) {
      // Pixel j of image i is i + j, one channel: the mean over i < 100 and j < 6 is 49.5 + 2.5,
      // the variance that of i, (100^2 - 1) / 12, plus that of j, (6^2 - 1) / 12.
      Normaliser normaliser = data.normalisers().get(0);
      assertEquals(52, normaliser.shift()[0], 1e-5);
      double variance = (9999 + 35) / 12.0;
      assertEquals(1 / Math.sqrt(variance), normaliser.scale()[0], 1e-8);
    }
  }

  @Test
  void load_labelBeyondTheClasses_isNamedWithFileAndRow() throws IOException {
    Idx train = IdxFiles.pair(folder, "train", 9);
    DataSettings settings = settings(train, null);
    DataFacts facts = Sources.check(settings);
    // The file changes between the check and the reading.
    IdxFiles.write(Path.of(train.labels()), new byte[] {0, 1, 2, 0, 1, 7, 0, 1, 2}, 9);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TrainingData.load(LocalSpark.session(), settings, facts, 2, 1));
    assertTrue(
        e.getMessage()
            .contains("train-images.gz, row 6: column 'label': label '7' is none of the 3 known"),
        e.getMessage());
  }

  @Test
  void load_anyFileSystemOfHadoop_isRead() throws IOException {
    IdxFiles.pair(folder, "train", 20);
    Configuration hadoop = LocalSpark.session().sparkContext().hadoopConfiguration();
    hadoop.set("fs.viewfs.mounttable.braid.link./data", folder.toUri().toString());
    Idx there =
        new Idx("viewfs://braid/data/*-images.gz", "viewfs://braid/data/train-labels", null);
    try (TrainingData data = load(settings(there, null), 2)) {
      assertEquals(20, data.train().numExamples());
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> load(settings(new Idx("nofs://x/a", "nofs://x/b", null), null), 2));
    assertTrue(
        e.getMessage().contains("cannot read nofs://x/a: No FileSystem for scheme \"nofs\""),
        e.getMessage());
  }

  @Test
  void load_withKryo_registrationRequired_givesTheSameShards() throws IOException {
    DataSettings settings = settings(IdxFiles.pair(folder, "train", 50), InputScaling.STANDARDISE);
    List<List<Integer>> expected;
    try (TrainingData data = load(settings, 3)) {
      expected = pixelsAndLabels(data.train());
    }
    List<List<Integer>> actual =
        LocalSpark.on(
            "local[2]",
            Map.of(
                "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
                "spark.kryo.registrationRequired", "true",
                "spark.kryo.registrator", BraidRegistrator.class.getName()),
            spark -> {
              DataFacts facts = Sources.check(settings, spark.sparkContext().hadoopConfiguration());
              try (TrainingData data = TrainingData.load(spark, settings, facts, 3, 5)) {
                return pixelsAndLabels(data.train());
              }
            });
    assertEquals(expected, actual);
  }

  private static DataSettings settings(Source train, InputScaling normalise) {
    return new DataSettings(train, null, null, null, normalise, null, null);
  }
}
