package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.Part;
import dev.braid.driver.data.PartOrigin;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.picture.IdxRows;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir private Path folder;

  private static DataFacts check(Source train, Source test, PartOrigin validation) {
    return Sources.check(new DataSettings(train, test, validation, null, null, null, null));
  }

  private static String refusal(Source train, Source test) {
    return assertThrows(IllegalArgumentException.class, () -> check(train, test, null))
        .getMessage();
  }

  private static void assertMentions(String message, Object... parts) {
    for (Object part : parts) {
      assertTrue(message.contains(part.toString()), message + " should mention " + part);
    }
  }

  @Test
  void check_tellsShapeClassesAndCount() throws IOException {
    Source train = IdxFiles.pair(folder, "train", 30);

    DataFacts facts = check(train, IdxFiles.pair(folder, "test", 4), new PartOrigin.Share(0.1));

    assertEquals(
        List.of(new SourceFacts.Input(List.of(1, 2, 3), Kind.BYTE)), facts.train().inputs());
    assertEquals(
        new Labels(Tasks.named("classification"), 1, List.of("0", "1", "2")),
        facts.train().outputs().get(0));
    assertEquals(OptionalLong.of(30), facts.train().numExamples());
    assertEquals(OptionalLong.of(27), facts.numTrain());
    assertEquals(OptionalLong.of(4), facts.of(Part.TEST).orElseThrow().numExamples());
  }

  @Test
  void check_wildcard_takesAllFiles() throws IOException {
    IdxFiles.pair(folder, "a", 3);
    IdxFiles.pair(folder, "b", 4);
    Source both = new Idx(folder + "/*-images.gz", folder + "/*-labels", null);
    assertEquals(OptionalLong.of(7), check(both, null, null).numTrain());
  }

  @Test
  void check_missingFile_isNamedWithItsNeighbour() throws IOException {
    Idx there = IdxFiles.pair(folder, "train", 3);
    assertMentions(
        refusal(new Idx(folder + "/trian-images.gz", there.labels(), null), null),
        "data.train.idx.images: there is no file:" + folder + "/trian-images.gz",
        "did you mean 'train-images.gz'?");
    assertMentions(
        refusal(there, new Idx(there.images(), folder + "/no/labels", null)),
        "data.test.idx.labels: there is no file:" + folder + "/no/labels",
        "its folder does not exist either");
  }

  @Test
  void check_brokenHeader_isNamed() throws IOException {
    Idx there = IdxFiles.pair(folder, "train", 3);
    Path text = Files.writeString(folder.resolve("text"), "label,pixel\n1,2\n");
    assertMentions(
        refusal(new Idx(text.toString(), there.labels(), null), null),
        text,
        "is not an IDX file: it begins with 6c616265");
    Path tiny = Files.write(folder.resolve("tiny"), new byte[] {0, 0, 8, 3, 0});
    assertMentions(
        refusal(new Idx(tiny.toString(), there.labels(), null), null),
        tiny + " ends within its IDX header");
  }

  @Test
  void check_lengthThatDoesNotFitTheHeader_isNamed_packedOrNot() throws IOException {
    Idx there = IdxFiles.pair(folder, "train", 3);
    Path plain = IdxFiles.write(folder.resolve("short"), new byte[17], 3, 2, 3);
    assertMentions(
        refusal(new Idx(plain.toString(), there.labels(), null), null),
        plain + " is 33 bytes long; its header says 3 rows of [2, 3] UNSIGNED_BYTE, which is 34");
    Path packed = IdxFiles.write(folder.resolve("short.gz"), new byte[17], 3, 2, 3);
    assertMentions(
        refusal(new Idx(packed.toString(), there.labels(), null), null),
        packed + " ends in row 3; its header names 3 rows");
    Path longer = IdxFiles.write(folder.resolve("long.gz"), new byte[19], 3, 2, 3);
    assertMentions(
        refusal(new Idx(longer.toString(), there.labels(), null), null),
        longer + " goes on after the 3 rows its header names");
  }

  /** A scoring, and a training that may leave out rows, do not look at lengths before. */
  @Test
  void rows_ofAFileThatDoesNotFitItsHeaderOrLabels_areBroken() throws IOException {
    Path three = IdxFiles.write(folder.resolve("three"), new byte[18], 3, 2, 3);
    Path longer = IdxFiles.write(folder.resolve("long"), new byte[19], 3, 2, 3);
    Path packed = IdxFiles.write(folder.resolve("long.gz"), new byte[24], 3, 2, 3);
    Path four = IdxFiles.write(folder.resolve("four"), new byte[4], 4);
    assertEquals(List.of(), problems(three, null));
    for (Path path : List.of(longer, packed)) {
      assertEquals(
          List.of(path.toUri().getPath() + " goes on after the 3 rows its header names"),
          problems(path, null));
    }
    assertEquals(
        List.of(three.toUri().getPath() + " holds 3 images, but " + four + " holds 4 labels"),
        problems(three, four));
  }

  private static List<String> problems(Path images, Path labels) throws IOException {
    HashMap<String, String> byImages = new HashMap<>();
    if (labels != null) {
      byImages.put(images.toString(), labels.toString());
    }
    Selection selection = new Selection(List.of(IdxRows.IMAGE), List.of(), 0);
    FilePart whole = new FilePart(images.toString(), 0, Files.size(images));
    List<String> problems = new ArrayList<>();
    try (Parts.Rows<Object[]> rows =
        new IdxRows(selection, byImages).open(whole, new Configuration())) {
      for (Placed<Object[]> row = rows.next(); row != null; row = rows.next()) {
        if (row.isBroken()) {
          problems.add(row.problem());
        }
      }
    }
    return problems;
  }

  @Test
  void check_cutOffGzip_isNamed() throws IOException {
    Idx there = IdxFiles.pair(folder, "train", 300);
    byte[] whole = Files.readAllBytes(Path.of(there.images()));
    Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));
    assertMentions(
        refusal(new Idx(cut.toString(), there.labels(), null), null), cut, "ends in row");
  }

  @Test
  void check_differentCounts_areNamed() throws IOException {
    Idx three = IdxFiles.pair(folder, "three", 3);
    Idx four = IdxFiles.pair(folder, "four", 4);
    assertMentions(
        refusal(new Idx(three.images(), four.labels(), null), null),
        "three-images.gz holds 3 images, but",
        "four-labels holds 4 labels");
  }

  @Test
  void check_testThatDoesNotFitTheTraining_isRefused() throws IOException {
    Idx train = IdxFiles.pair(folder, "train", 3);
    Path wide = IdxFiles.write(folder.resolve("wide"), new byte[24], 3, 2, 4);
    assertMentions(
        refusal(train, new Idx(wide.toString(), train.labels(), null)),
        "data.test: its inputs have shape [[1, 2, 4]], those of the training examples [[1, 2, 3]]");
    Path nine = IdxFiles.write(folder.resolve("nine"), new byte[] {0, 1, 9}, 3);
    assertMentions(
        refusal(train, new Idx(train.images(), nine.toString(), null)),
        "data.test: label '9' is none of the 3 known classes (0, 1, 2)");
  }

  @Test
  void check_inputShape_mustFit() throws IOException {
    Idx train = IdxFiles.pair(folder, "train", 3);
    assertEquals(
        List.of(2, 3),
        check(new Idx(train.images(), train.labels(), Shape.of(2, 3)), null, null)
            .train()
            .inputs()
            .get(0)
            .shape());
    assertMentions(
        refusal(new Idx(train.images(), train.labels(), Shape.of(7)), null),
        "inputShape [7] asks for 7 numbers, but an input has 6");
  }

  @Test
  void rows_ofAFileThatEndsEarly_sayHowManyAreLost() throws IOException {
    Path file = IdxFiles.write(folder.resolve("short"), new byte[3 * 6 + 2], 10, 2, 3);
    Idx idx = new Idx(file.toString(), null, null);
    Configuration hadoop = new Configuration();
    FileStatus found = Inspection.of(hadoop).files("idx.images", file.toString()).get(0);
    Selection images = new Selection(List.of("image"), List.of(), 1);
    try (Parts.Rows<Object[]> rows = idx.rows(hadoop, found, images)) {
      for (int i = 0; i < 3; i++) {
        assertFalse(rows.next().isBroken());
      }
      Placed<Object[]> rest = rows.next();
      assertEquals(4, rest.row());
      assertEquals(7, rest.numRows());
      assertTrue(
          rest.problem().endsWith("ends in row 4; its header names 10 rows; 7 rows are lost"),
          rest.problem());
      assertNull(rows.next());
    }
  }
}
