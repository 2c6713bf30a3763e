package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.encoding.TextEncoding;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts whose words are not known before Spark reads them. */
class OpenWordsSparkTest {
  private static final int MORE_THAN_BY_DEFAULT = 20_050;

  @TempDir private Path folder;

  /** Looks at nothing but the first row. */
  private static SourceFacts inspect(Source source, Task task) {
    return source.inspect(
        new Inspection(
            new Configuration(),
            "data.train",
            Optional.ofNullable(task),
            Optional.empty(),
            1,
            false,
            List.of(),
            Beside.NONE,
            Map.of()));
  }

  private static TextEncoding text(SourceFacts facts, int input) {
    return (TextEncoding) facts.inputs().get(input).encoding().columns().get(0).as();
  }

  private static int numIds(Source source, Task task) {
    TextEncoding text = text(inspect(source, task), 0);
    assertTrue(text.isOpen(), "its words are known");
    return text.numIds();
  }

  @Test
  void numIds_ofWordsStillToBeFound_areAsManyAsTheSettingsAllow() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines.txt"), "a\tto be\nb\tor not\n");
    Path conll = Files.writeString(folder.resolve("s.conll"), "to O\nbe O\n\nor O\nnot O\n");
    Task stream = Tasks.named("languageModel");
    for (Integer most : new Integer[] {null, 3, 30_000}) {
      int expected = most == null ? 20_000 : most;
      assertEquals(4 + expected, numIds(Sources.text(lines, "maxWords", most), null));
      assertEquals(2 + expected, numIds(Sources.text(lines, "maxWords", most, "length", 5), null));
      Source words = Sources.of("stream", "path", "" + lines, "maxWords", most, "length", 1);
      assertEquals(4 + expected, numIds(words, stream));
      Map<String, Object> settings = new LinkedHashMap<>();
      if (most != null) {
        settings.put("maxWords", most);
      }
      Source whole = sentences(conll, settings);
      assertEquals(4 + expected, numIds(whole, null));
      settings.put("letters", 5);
      assertEquals(4 + expected, numIds(sentences(conll, settings), null));
    }
  }

  private static Source sentences(Path path, Map<String, Object> text) {
    Map<String, Object> columns = Map.of("tokens", Map.of("text", Map.copyOf(text)));
    return Sources.of("conll", "path", "" + path, "columns", columns);
  }

  @Test
  void maxWords_aboveTheDefault_leavesRoomForAllWordsThatAreRead() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < MORE_THAN_BY_DEFAULT; from += 50) {
      lines.add(
          IntStream.range(from, from + 50)
              .mapToObj(i -> "w" + i)
              .collect(Collectors.joining(" ", from % 100 == 0 ? "a\t" : "b\t", "")));
    }
    Path path = Files.write(folder.resolve("many.txt"), lines);
    for (Integer length : new Integer[] {null, 50}) {
      Source source =
          Sources.text(path, "tokenizer", "whitespace", "maxWords", 30_000, "length", length);
      SourceFacts open = inspect(source, null);
      TextEncoding found = text(source.complete(LocalSpark.session(), open), 0);
      assertEquals(MORE_THAN_BY_DEFAULT, found.knownWords().size());
      assertTrue(text(open, 0).numIds() >= found.numIds(), "an embedding would be too small");
    }
  }

  private static Map<String, Object> input(String column, String kind, Map<String, Object> as) {
    return Map.of("columns", column, "as", Map.of(kind, as));
  }

  @Test
  void maxWords_ofEachOfTwoInputs_isItsOwn_besideAPicture() throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("t.json"),
            """
            {"kind": "a", "picture": "p.pgm", "title": "to be", "body": "to be or not"}
            {"kind": "b", "picture": "p.pgm", "title": "be", "body": "or not to"}
            """);
    Files.writeString(folder.resolve("p.pgm"), "P2 1 1 255 7\n");
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("picture", input("picture", "picture", Map.of("shape", List.of(1, 1, 1))));
    inputs.put("title", input("title", "text", Map.of("maxWords", 1)));
    inputs.put("body", input("body", "text", Map.of("maxWords", 3)));
    Source source = Sources.of("json", "path", table.toString(), "label", "kind", "inputs", inputs);
    SourceFacts facts = source.inspect(Inspection.of(new Configuration()));
    assertEquals(List.of("be"), text(facts, 1).knownWords());
    assertEquals(List.of("not", "or", "to"), text(facts, 2).knownWords());
  }
}
