package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Images;
import dev.braid.driver.source.Sources;
import dev.braid.driver.source.row.Problem;
import dev.braid.driver.source.row.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that cannot be used: how many may be left out, and what is said of them. */
class BrokenRowsSparkTest {
  @TempDir private Path folder;

  /** Pictures of two classes, of which some are damaged, the first of a class among them. */
  private Images pictures(int numSound, int numDamaged) throws IOException {
    for (int i = 0; i < numSound + numDamaged; i++) {
      Path file = folder.resolve(i % 2 == 0 ? "even" : "odd").resolve("%03d.pgm".formatted(i));
      Files.createDirectories(file.getParent());
      Files.writeString(file, i < numDamaged ? "P2 2 2" : "P2 2 2 255 %d 1 2 3".formatted(i));
    }
    return Sources.images(folder, null, null, 1);
  }

  private static TrainingData load(Images images, Double atMost) {
    DataSettings settings =
        new DataSettings(images, null, null, null, null, new BrokenRows(atMost), null);
    DataFacts facts = Sources.check(settings);
    return TrainingData.load(LocalSpark.session(), settings, facts, 2, 1);
  }

  @Test
  void damagedPictures_withinTheLimit_areLeftOutAndListed() throws IOException {
    try (TrainingData data = load(pictures(57, 3), 0.05)) {
      assertEquals(57, data.train().numExamples());
      RowsLeftOut rows = data.leftOut().get(0);
      assertEquals("data.train", rows.part());
      assertEquals(3, rows.count());
      assertEquals(57, rows.numExamples());
      assertEquals(
          List.of("000.pgm", "001.pgm", "002.pgm"),
          rows.first().stream().map(p -> p.place().replaceFirst(".*/", "")).sorted().toList());
      assertEquals("a damaged image: a number is missing at byte 6", rows.first().get(0).reason());
    }
  }

  @Test
  void damagedPictures_beyondTheLimit_endTheTraining() throws IOException {
    Images images = pictures(57, 3);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> load(images, 0.04));
    assertTrue(
        e.getMessage()
            .startsWith(
                "3 of 60 rows cannot be used, more than the share of 0.04 that data.broken.atMost"
                    + " allows: file:"),
        e.getMessage());
  }

  @Test
  void damagedPicture_withoutALimit_endsTheTraining() throws IOException {
    Images images = pictures(57, 3);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> load(images, null));
    assertTrue(e.getMessage().contains("even/000.pgm: "), e.getMessage());
  }

  @Test
  void limit_outsideItsRange_isRefused() {
    for (double wrong : new double[] {-0.1, 1, 2}) {
      assertThrows(IllegalArgumentException.class, () -> new BrokenRows(wrong));
    }
  }

  @Test
  void problems_ofAPartitionReadTwice_countOnce() {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext());
    Problems problems = Problems.register(sc);
    var rows =
        sc.parallelize(List.of(1, 2, 3, 4, 5, 6), 3)
            .map(
                i -> {
                  problems.add(new Problem("row " + i, "no", 1));
                  return i;
                });
    rows.count();
    rows.count();
    assertEquals(6, problems.count());
    assertEquals(6, problems.value().size());
  }
}
