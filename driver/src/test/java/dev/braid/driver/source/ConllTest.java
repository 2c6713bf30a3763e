package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentences are read as the CoNLL tasks write them; what is broken is told by its line. */
class ConllTest {
  private static final List<String> COLUMNS = List.of("tokens", "tags", "document");

  @TempDir private Path folder;

  private List<Placed<Object[]>> rows(String text, Object... settings) throws IOException {
    Path path = Files.writeString(folder.resolve("a.conll"), text);
    return rows(path, COLUMNS, settings);
  }

  private static List<Placed<Object[]>> rows(Path path, List<String> columns, Object... settings)
      throws IOException {
    Object[] all = new Object[settings.length + 2];
    all[0] = "path";
    all[1] = path.toString();
    System.arraycopy(settings, 0, all, 2, settings.length);
    Configuration hadoop = new Configuration();
    FileStatus file =
        FileSystem.getLocal(hadoop).getFileStatus(new org.apache.hadoop.fs.Path(path.toUri()));
    Selection selection = new Selection(columns, List.of(), columns.size());
    List<Placed<Object[]>> found = new ArrayList<>();
    try (Parts.Rows<Object[]> rows = Sources.of("conll", all).rows(hadoop, file, selection)) {
      for (Placed<Object[]> row = rows.next(); row != null; row = rows.next()) {
        found.add(row);
      }
    }
    return found;
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split(" "));
  }

  private static void assertRow(
      Placed<Object[]> row, long line, String tokens, String tags, String document) {
    assertFalse(row.isBroken(), row.isBroken() ? row.problem() : "");
    assertEquals(line, row.row());
    assertArrayEquals(new Object[] {words(tokens), words(tags), document}, row.value());
  }

  private static void assertBroken(Placed<Object[]> row, long line, String problem) {
    assertTrue(row.isBroken());
    assertEquals(line, row.row());
    assertTrue(row.problem().startsWith(problem), row.problem());
  }

  @Test
  void rows_ofTabsBlanksAndEmptyLines_areTheSentences() throws IOException {
    String text = "\n\t\nNew York\tB-place\nrocks\tO\n \t \n\n# NN O\r\nJim  NNP\t B-person\n";
    List<Placed<Object[]>> rows = rows(text);
    assertEquals(2, rows.size());
    assertArrayEquals(
        new Object[] {List.of("New York", "rocks"), words("B-place O"), "a.conll#0"},
        rows.get(0).value());
    assertEquals(3, rows.get(0).row());
    assertRow(rows("a X O\nb Y O").get(0), 1, "a b", "O O", "a.conll#0");
  }

  @Test
  void rows_betweenDocumentLines_haveTheirDocument() throws IOException {
    List<Placed<Object[]>> rows =
        rows("-DOCSTART- -X- O\n\na O\n\nb O\n-DOCSTART- O\nc O\n\n-DOCSTART- O\n");
    assertEquals(3, rows.size());
    assertRow(rows.get(0), 3, "a", "O", "a.conll#1");
    assertRow(rows.get(1), 5, "b", "O", "a.conll#1");
    assertRow(rows.get(2), 7, "c", "O", "a.conll#2");
  }

  @Test
  void rows_ofOtherColumnsAndRemarks_areFound() throws IOException {
    String text = "# newdoc\n1\tJim\tB-person\t_\n2\tran\tO\t_\n";
    assertRow(
        rows(text, "token", 1, "tag", -2, "comment", "# ").get(0),
        2,
        "Jim ran",
        "B-person O",
        "a.conll#0");
  }

  @Test
  void named_isOneForEachWordOfAnEntity() throws IOException {
    Path path = Files.writeString(folder.resolve("n.conll"), "Jim B-x\nKay I-x\nran O\n");
    assertArrayEquals(
        new Object[] {List.of(1L, 1L, 0L)}, rows(path, List.of("named")).get(0).value());
  }

  @Test
  void rows_withoutTags_areReadWhereNoneAreWanted() throws IOException {
    Path path = Files.writeString(folder.resolve("b.conll"), "Jim\nran\n\nhome\n");
    List<Placed<Object[]>> rows = rows(path, List.of("tokens"));
    assertArrayEquals(new Object[] {words("Jim ran")}, rows.get(0).value());
    assertArrayEquals(new Object[] {words("home")}, rows.get(1).value());
  }

  @Test
  void rows_thatCannotBeUsed_nameTheLine_andLeaveTheOthers() throws IOException {
    List<Placed<Object[]>> rows =
        rows("a O\nb\n\nc O\nd I-x\n\ne Q-x\n\nf B-x\ng I-y\n\n#\nh O\n\ni O\n");
    assertBroken(rows.get(0), 1, "line 2: the token 'b' has no tag; see conll.tag");
    assertBroken(rows.get(1), 4, "line 5: tag 'I-x' must not follow 'O' under scheme BIO");
    assertBroken(rows.get(2), 7, "line 7: 'Q-x' is no tag of scheme BIO, which has O, B-TYPE");
    assertBroken(rows.get(3), 9, "line 10: tag 'I-y' must not follow 'B-x' under scheme BIO");
    assertBroken(
        rows.get(4), 12, "line 12: the token '#' has no tag; see conll.tag, or conll.comment");
    assertRow(rows.get(5), 15, "i", "O", "a.conll#0");
  }

  @Test
  void rows_ofAnotherScheme_areTurnedIntoTheOneThatIsWanted() throws IOException {
    String text = "a I-x\nb I-x\nc O\nd I-y\n";
    assertRow(rows(text, "scheme", "IO").get(0), 1, "a b c d", "I-x I-x O I-y", "a.conll#0");
    assertRow(
        rows(text, "scheme", "IO", "as", "IOBES").get(0),
        1,
        "a b c d",
        "B-x E-x O S-y",
        "a.conll#0");
    assertBroken(
        rows("a B-x\nb O\n", "scheme", "IOBES").get(0), 1, "line 2: tag 'O' must not follow");
    assertRow(rows("a NN\nb VB\n", "scheme", "none").get(0), 1, "a b", "NN VB", "a.conll#0");
  }

  @Test
  void rows_ofAPackedFile_areTheSame_andADamagedOneSaysSo() throws IOException {
    byte[] text = "a O\nb B-x\n\nc O\n".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    }
    byte[] packed = bytes.toByteArray();
    Path whole = Files.write(folder.resolve("a.conll.gz"), packed);
    assertRow(rows(whole, COLUMNS).get(0), 1, "a b", "O B-x", "a.conll.gz#0");
    Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(packed, packed.length - 9));
    List<Placed<Object[]>> rows = rows(cut, COLUMNS);
    assertTrue(rows.get(rows.size() - 1).problem().contains("cannot be read"));
  }

  @Test
  void rows_ofOtherEncodings_areRefused() throws IOException {
    Path path = folder.resolve("utf16.conll");
    Files.write(path, "a O\nb O\n".getBytes(StandardCharsets.UTF_16));
    assertTrue(rows(path, COLUMNS).get(0).problem().contains("UTF-16"));
    Path latin =
        Files.write(
            folder.resolve("latin.conll"),
            new byte[] {'a', ' ', 'O', 10, (byte) 0xE9, ' ', 'O', 10});
    assertBroken(rows(latin, COLUMNS).get(0), 1, "line 2: not a text in UTF-8");
  }

  @Test
  void settings_thatContradict_areRefused() {
    for (Object[] wrong :
        new Object[][] {
          {"path", "x", "token", 1, "tag", 1},
          {"path", "x", "scheme", "none", "as", "BIO"},
          {"path", "x", "comment", ""},
        }) {
      assertThrows(IllegalArgumentException.class, () -> Sources.of("conll", wrong));
    }
  }
}
