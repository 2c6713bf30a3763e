package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Shards;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.data.RowLayout.Kind;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
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
    DataSettings settings = new DataSettings(images, null, null, null, null, null, null);
    return Sources.check(settings).train();
  }

  private static Images images(Path folder, Integer size, Integer channels) {
    return Sources.images(folder, size, size, channels);
  }

  @Test
  void images_areResized_withTheirFoldersAsClasses() throws IOException {
    writeAll();
    Images images = images(folder, 3, 1);
    SourceFacts facts = inspect(images);

    assertEquals(List.of(new SourceFacts.Input(List.of(1, 3, 3), Kind.BYTE)), facts.inputs());
    assertEquals(List.of("cat", "dog"), facts.outputs().get(0).classes());
    assertEquals(OptionalLong.of(5), facts.numExamples());
    assertEquals(
        List.of("10 0", "20 0", "30 1", "40 1", "50 1"),
        LoadedPictures.shadesAndClasses(images, facts));
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
            () -> Shards.of(images.read(LocalSpark.session(), facts), 2, 1));
    assertEquals(
        "file:" + broken + ": not an image: neither JPEG, PNG, BMP, GIF, TIFF, WebP nor PNM",
        e.getMessage());

    Path first = Files.writeString(folder.resolve("cat/0.png"), "broken");
    IllegalArgumentException early =
        assertThrows(IllegalArgumentException.class, () -> inspect(images));
    assertTrue(early.getMessage().startsWith("file:" + first + ": not an image"));
  }

  private List<String> shadesAndClasses(Images images) {
    return LoadedPictures.shadesAndClasses(images, inspect(images));
  }

  @Test
  void pictures_inDeeperFolders_belongToTheFolderBelowThePath() throws IOException {
    write("cat/1.png", 4, 10);
    write("cat/winter/2.PNG", 4, 20);
    write("dog/2023/05/3.png", 4, 30);
    Images images = images(folder, 4, 1);

    assertEquals(List.of("cat", "dog"), inspect(images).outputs().get(0).classes());
    assertEquals(List.of("10 0", "20 0", "30 1"), shadesAndClasses(images));
  }

  @Test
  void wildcard_thatNamesFolders_takesThemForClasses() throws IOException {
    write("2023/cat/1.png", 4, 10);
    write("2024/cat/2.png", 4, 20);
    write("2024/dog/3.png", 4, 30);
    for (String pattern : List.of("20*", "*/*", "*/*/*.png")) {
      Images images = images(folder.resolve(pattern), 4, 1);
      assertEquals(List.of("10 0", "20 0", "30 1"), shadesAndClasses(images), pattern);
    }
  }

  @Test
  void remarks_sayClassesSizeAndWhatIsLeftOut() throws IOException {
    write("cat/1.png", 4, 10);
    write("cat/2.png", 4, 20);
    write("dog/3.png", 4, 30);
    write("beside.png", 4, 40);
    for (String name : List.of("cat/._1.png", "cat/.DS_Store", "dog/Thumbs.db", "_SUCCESS")) {
      Files.writeString(folder.resolve(name), "not a picture");
    }
    Files.writeString(folder.resolve("dog/phone.heic"), "not read");

    assertEquals(
        List.of(
            "classes of all 3 examples: cat 2, dog 1",
            "pictures: 3 files, read as 4 high, 4 wide, in colour",
            "5 files left out: 3 hidden (._1.png, .DS_Store, Thumbs.db, ...), 1 in no class's"
                + " folder (beside.png), 1 whose ending is no picture's (phone.heic)"),
        sorted(inspect(images(folder, null, null)).remarks()));
  }

  /** A file system lists hidden files in any order. */
  private static List<String> sorted(List<String> remarks) {
    return remarks.stream()
        .map(
            remark ->
                remark.replaceAll(
                    "hidden \\([^)]*\\)", "hidden (._1.png, .DS_Store, Thumbs.db, ...)"))
        .toList();
  }

  @Test
  void zip_withTheSeparatorsOfWindows_hasItsClasses() throws IOException {
    byte[] picture = "P2 2 2 255 1 2 3 4".getBytes(StandardCharsets.UTF_8);
    Path zip =
        SampleFiles.zipped(
            folder.resolve("all.zip"), Map.of("cat\\1.pgm", picture, "dog\\1.pgm", picture));
    assertEquals(
        List.of("cat", "dog"), inspect(images(zip, null, null)).outputs().get(0).classes());
  }

  @Test
  void classFolder_withoutAPictureThatIsRead_isRefusedByName() throws IOException {
    write("cat/1.png", 4, 10);
    Files.createDirectories(folder.resolve("dog"));
    Files.writeString(folder.resolve("dog/1.heic"), "not read");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> inspect(images(folder, null, null)));
    assertTrue(
        e.getMessage()
            .startsWith(
                "data.train.images.path: no file in the folder of class 'dog' is read as a"
                    + " picture"),
        e.getMessage());
    assertTrue(e.getMessage().contains("1.heic"), e.getMessage());
  }

  @Test
  void flatFolder_isRefused_sayingWhatIsExpected() throws IOException {
    write("1.png", 4, 10);
    write("2.png", 4, 10);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> inspect(images(folder, null, null)));
    assertTrue(
        e.getMessage()
            .startsWith("data.train.images.path: 2 pictures lie in " + folder + " itself; put"),
        e.getMessage());
  }

  @Test
  void path_withCharactersOfWildcardsAndCommas_isTakenAsItIs() throws IOException {
    write("set [a], 1/cat/1.png", 4, 10);
    write("set [a], 1/dog/2, 3.png", 4, 20);
    assertEquals(
        List.of("10 0", "20 1"), shadesAndClasses(images(folder.resolve("set [a], 1"), 4, 1)));
  }
}
