package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Csv;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.column.InputScaling;
import dev.braid.worker.data.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsClusterIT {
  @TempDir private Path folder;

  private DataSettings settings(String name) {
    Csv csv = Sources.csv(folder.resolve(name).toString(), null, null, List.of("y"), null, null);
    return new DataSettings(
        csv, null, new PartOrigin.Share(0.2), null, InputScaling.STANDARDISE, null, null);
  }

  private void write(String name, List<String> rows) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x,y\n" + String.join("\n", rows) + "\n");
  }

  private static List<String> contents(SparkSession spark, DataSettings settings) {
    DataFacts facts = Sources.check(settings, spark.sparkContext().hadoopConfiguration());
    try (TrainingData data = TrainingData.load(spark, settings, facts, 3, 8)) {
      List<String> contents =
          new ArrayList<>(data.train().rdd().map(ShardsClusterIT::text).collect());
      contents.addAll(data.of(Part.DEV).orElseThrow().rdd().map(ShardsClusterIT::text).collect());
      contents.add(String.valueOf(data.normalisers().get(0).scale()[0]));
      return contents;
    }
  }

  private static String text(Shard shard) {
    StringBuilder text = new StringBuilder();
    float[] row = new float[2];
    for (int i = 0; i < shard.size(); i++) {
      shard.input(0).read(i, row, 0);
      shard.label(0).read(i, row, 1);
      text.append(row[0]).append('-').append(row[1]).append(' ');
    }
    return text.toString();
  }

  @Test
  void load_inSeparateExecutors_givesTheSameShards_andNamesBadRows() throws IOException {
    List<String> rows =
        IntStream.range(0, 300).mapToObj(i -> i * 0.1f + "," + (char) ('a' + i % 7)).toList();
    write("good/a.csv", rows.subList(0, 120));
    write("good/b.csv", rows.subList(120, 300));
    write("late/a.csv", rows);
    List<String> expected = contents(LocalSpark.session(), settings("good"));

    LocalSpark.on(
        "local-cluster[2,1,1024]",
        spark -> {
          assertEquals(expected, contents(spark, settings("good")));
          assertNamesBadRow(spark);
          return null;
        });
  }

  /** A file that turns bad between the check and the reading. */
  private void assertNamesBadRow(SparkSession spark) {
    DataSettings settings = settings("late");
    DataFacts facts = Sources.check(settings, spark.sparkContext().hadoopConfiguration());
    try {
      write("late/a.csv", List.of("1,a", "one,b"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TrainingData.load(spark, settings, facts, 3, 8));
    assertTrue(
        e.getMessage().endsWith("a.csv, row 3: column 'x' holds 'one', which is not a number"),
        e.getMessage());
  }
}
