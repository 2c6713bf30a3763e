package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.data.DataSettings;
import dev.braid.driver.embedding.vectors.VectorReader;
import dev.braid.driver.source.example.SourceFacts;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Text files are read alike in every format: without a byte order mark, and in UTF-8 alone. */
class EncodingsTest {
  @TempDir private Path folder;

  /** What is written, and how it is read. */
  private enum Reading {
    CSV("x,y\n1,a\n2,b\n") {
      @Override
      Object read(Path file, Path words) {
        return facts(Sources.csv(file.toString(), null, null, List.of("y"), null, null));
      }
    },
    LIBSVM("1 1:0.5\n0 2:1.5\n") {
      @Override
      Object read(Path file, Path words) {
        return facts(new Libsvm(file.toString(), null, null));
      }
    },
    TEXT("good\tcat sat\nbad\tdog ran\n") {
      @Override
      Object read(Path file, Path words) {
        return facts(Sources.text(file, "vectors", words.toString(), "length", 4));
      }
    },
    VECTORS("cat 1 2\ndog 3 4\n") {
      @Override
      Object read(Path file, Path words) {
        return VectorReader.words(file.toString(), new Configuration(), 10);
      }
    };

    final String content;

    Reading(String content) {
      this.content = content;
    }

    abstract Object read(Path file, Path words);

    static SourceFacts facts(Source source) {
      return Sources.check(new DataSettings(source, null, null, null, null, null, null)).train();
    }
  }

  private Object read(Reading reading, String text, Charset charset) throws IOException {
    Path words = Files.writeString(folder.resolve("words.txt"), "cat 1 2\n");
    Path file = Files.write(folder.resolve("data.txt"), text.getBytes(charset));
    return reading.read(file, words);
  }

  @ParameterizedTest
  @EnumSource
  void mark_atTheBeginning_changesNothing(Reading reading) throws IOException {
    assertEquals(
        read(reading, reading.content, StandardCharsets.UTF_8),
        read(reading, "\uFEFF" + reading.content, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void utf16_isRefusedByName(Reading reading) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> read(reading, reading.content, StandardCharsets.UTF_16));
    assertTrue(
        e.getMessage().contains("data.txt: the text is UTF-16, but UTF-8 is read"), e.getMessage());
  }
}
