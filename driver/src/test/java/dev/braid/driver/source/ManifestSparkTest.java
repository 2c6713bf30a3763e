package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.BrokenRows;
import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.TrainingData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose columns name pictures. */
class ManifestSparkTest {
  private static final Map<String, Object> INPUTS =
      Map.of("photo", Map.of("columns", "file"), "rest", Map.of("columns", List.of("age", "size")));

  @TempDir private Path folder;

  /** Three pictures of one colour each, 2 high and 4 wide. */
  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    for (int i = 0; i < 3; i++) {
      BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < 8; at++) {
        image.setRGB(at % 4, at / 4, (10 + i) << 16 | (20 + i) << 8 | (30 + i));
      }
      ImageIO.write(image, "png", folder.resolve("pictures/" + i + ".png").toFile());
    }
  }

  private Path table(String... rows) throws IOException {
    return Files.writeString(
        folder.resolve("table.csv"), "file,age,size,kind\n" + String.join("\n", rows) + "\n");
  }

  private static Source csv(Path path, Map<String, Object> picture) {
    return Sources.of(
        "csv",
        "path",
        path.toString(),
        "label",
        "kind",
        "inputs",
        new TreeMap<>(INPUTS),
        "columns",
        Map.of("file", Map.of("picture", picture)));
  }

  private static Map<Float, List<List<Float>>> load(Source source, Double broken) {
    DataSettings settings =
        new DataSettings(source, null, null, null, null, new BrokenRows(broken), null);
    DataFacts facts = Sources.check(settings);
    try (TrainingData data = TrainingData.load(LocalSpark.session(), settings, facts, 1, 5)) {
      Map<Float, List<List<Float>>> byAge = new TreeMap<>();
      data.train()
          .rdd()
          .flatMap(
              shard -> {
                List<List<List<Float>>> rows = new ArrayList<>();
                for (int i = 0; i < shard.size(); i++) {
                  List<List<Float>> inputs = new ArrayList<>();
                  for (int k = 0; k < 2; k++) {
                    float[] row = new float[shard.input(k).width()];
                    shard.input(k).read(i, row, 0);
                    List<Float> numbers = new ArrayList<>();
                    for (float number : row) {
                      numbers.add(number);
                    }
                    inputs.add(numbers);
                  }
                  rows.add(inputs);
                }
                return rows.iterator();
              })
          .collect()
          .forEach(inputs -> byAge.put(inputs.get(1).get(0), inputs));
      return byAge;
    }
  }

  /** Both channels' planes of 2 x 2. */
  private static List<Float> colours(int i) {
    List<Float> numbers = new ArrayList<>();
    for (int channel = 1; channel <= 3; channel++) {
      numbers.addAll(Collections.nCopies(4, 10f * channel + i));
    }
    return numbers;
  }

  @Test
  void pictures_areReadBesideTheOtherColumns_andResized() throws IOException {
    Path table = table("pictures/0.png,40,1,a", "pictures/2.png,42,3,b");
    Map<Float, List<List<Float>>> rows = load(csv(table, Map.of("shape", List.of(3, 2, 2))), null);
    assertEquals(List.of(colours(0), List.of(40f, 1f)), rows.get(40f));
    assertEquals(List.of(colours(2), List.of(42f, 3f)), rows.get(42f));
  }

  @Test
  void base_isTheFolderOfNames_unlessTheyAreWhole() throws IOException {
    Path table = table("0.png,40,1,a", folder.resolve("pictures/1.png") + ",41,2,b");
    String base = folder.resolve("pictures").toUri().toString();
    Map<Float, List<List<Float>>> rows =
        load(csv(table, Map.of("shape", List.of(3, 2, 2), "base", base)), null);
    assertEquals(colours(0), rows.get(40f).get(0));
    assertEquals(colours(1), rows.get(41f).get(0));
  }

  @Test
  void missingFile_isToldWithItsRow_orLeftOutWhereThatIsAllowed() throws IOException {
    for (int sound : new int[] {1, 6}) { // found by the look before Spark starts, and by Spark
      List<String> rows = new ArrayList<>(Collections.nCopies(sound, "pictures/0.png,40,1,a"));
      rows.addAll(List.of("pictures/7.png,41,1,a", "pictures/2.png,42,3,b"));
      Source csv = csv(table(rows.toArray(String[]::new)), Map.of("shape", List.of(3, 2, 2)));
      String message =
          assertThrows(IllegalArgumentException.class, () -> load(csv, null)).getMessage();
      String problem =
          "row %d: column 'file' names 'pictures/7.png', but there is no file "
              .formatted(sound + 2);
      assertTrue(message.contains("table.csv, " + problem), message);
      assertTrue(message.endsWith("/pictures/7.png"), message);
      assertEquals(List.of(40f, 42f), List.copyOf(load(csv, 0.5).keySet()));
    }
  }

  @Test
  void wrongPictures_areToldWithTheirRows() throws IOException {
    Path table = table("pictures/0.png,40,1,a", "table.csv,41,1,b");
    Source csv = csv(table, Map.of("shape", List.of(3, 2, 2)));
    String message =
        assertThrows(IllegalArgumentException.class, () -> load(csv, null)).getMessage();
    assertTrue(message.contains("row 3: column 'file': "), message);
    Source fixed = csv(table, Map.of("shape", List.of(3, 2, 2), "resize", false));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> load(fixed, null))
            .getMessage()
            .contains("the image is 2 high and 4 wide, but the model takes [3, 2, 2]"));
  }

  @Test
  void picture_amongOtherColumns_isToBeAnInputOfItsOwn() throws IOException {
    Source csv =
        Sources.of(
            "csv",
            "path",
            table("pictures/0.png,40,1,a").toString(),
            "label",
            "kind",
            "columns",
            Map.of("file", Map.of("picture", Map.of("shape", List.of(3, 2, 2)))));
    assertEquals(
        "column 'file' is a picture and one input by itself, of which none may be missing, not"
            + " beside [age, size]; name it under inputs",
        assertThrows(IllegalArgumentException.class, () -> load(csv, null)).getMessage());
  }
}
