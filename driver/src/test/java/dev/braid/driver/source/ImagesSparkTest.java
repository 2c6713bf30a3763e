package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.data.Shards;
import dev.braid.driver.data.TrainingData;
import dev.braid.worker.data.RowLayout.Kind;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesSparkTest {
  @TempDir private Path folder;

  /** A picture of one shade of grey. */
  private void write(String name, int size, int shade) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    if (name.endsWith(".pgm")) {
      Files.writeString(file, "P2 %d 1 255 %s".formatted(size, (shade + " ").repeat(size)));
      return;
    }
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      image.setRGB(i % size, i / size, shade * 0x010101);
    }
    assertTrue(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile()));
  }

  private void writeAll() throws IOException {
    write("cat/1.png", 4, 10);
    write("cat/2.bmp", 6, 20);
    write("dog/1.pgm", 8, 30);
    write("dog/deep.PNG", 4, 40);
    write("dog/3.jpg", 16, 50);
    Files.writeString(folder.resolve("dog/notes.txt"), "not a picture");
    Files.writeString(folder.resolve(".hidden.png"), "not a picture");
  }

  private static SourceFacts inspect(Images images) {
    DataSettings settings = new DataSettings(images, null, null, null, null, null);
    return Preflight.check(settings, new Configuration()).train();
  }

  private static Images images(Path folder, Integer size, Integer channels) {
    return new Images(folder.toString(), size, size, channels);
  }

  @Test
  void images_areResized_withTheirFoldersAsClasses() throws IOException {
    writeAll();
    Images images = images(folder, 3, 1);
    SourceFacts facts = inspect(images);

    assertEquals(List.of(new SourceFacts.Input(List.of(1, 3, 3), Kind.BYTE)), facts.inputs());
    assertEquals(List.of("cat", "dog"), facts.labels().classes());
    assertEquals(OptionalLong.of(5), facts.numExamples());
    try (Shards shards = TrainingData.load(LocalSpark.session(), images, facts, 2, 1)) {
      List<String> shadesAndClasses =
          shards
              .rdd()
              .flatMap(
                  shard -> {
                    List<String> texts = new ArrayList<>();
                    float[] row = new float[10];
                    for (int i = 0; i < shard.size(); i++) {
                      shard.input(0).read(i, row, 0);
                      shard.label(0).read(i, row, 9);
                      texts.add((int) row[0] + " " + (int) row[8] + " " + (int) row[9]);
                    }
                    return texts.iterator();
                  })
              .collect();
      assertEquals(
          List.of("10 10 0", "20 20 0", "30 30 1", "40 40 1", "50 50 1"),
          shadesAndClasses.stream().sorted(Comparator.naturalOrder()).toList());
    }
  }

  @Test
  void check_withoutSize_takesTheFirstPicture() throws IOException {
    writeAll();
    assertEquals(List.of(3, 4, 4), inspect(images(folder, null, null)).inputs().get(0).shape());
  }

  @Test
  void check_emptyFolder_isRefused() throws IOException {
    Files.createDirectories(folder.resolve("cat"));
    Files.writeString(folder.resolve("cat/readme.txt"), "no pictures");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> inspect(images(folder, null, null)));
    assertTrue(e.getMessage().startsWith("data.train.images.path: there are no images in "));
  }

  @Test
  void damagedPicture_isNamed_firstOfItsClassOrNot() throws IOException {
    writeAll();
    Path broken = Files.writeString(folder.resolve("cat/3.png"), "broken");
    Images images = images(folder, 3, 1);
    SourceFacts facts = inspect(images);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TrainingData.load(LocalSpark.session(), images, facts, 2, 1));
    assertEquals(
        "file:" + broken + ": not an image: neither JPEG, PNG, BMP, GIF nor PNM", e.getMessage());

    Path first = Files.writeString(folder.resolve("cat/0.png"), "broken");
    IllegalArgumentException early =
        assertThrows(IllegalArgumentException.class, () -> inspect(images));
    assertTrue(early.getMessage().startsWith("file:" + first + ": not an image"));
  }
}
