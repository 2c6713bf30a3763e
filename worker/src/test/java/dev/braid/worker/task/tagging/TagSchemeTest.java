package dev.braid.worker.task.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagSchemeTest {
  private static List<String> tags(String text) {
    return Arrays.asList(text.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "BIO, B-a I-a O B-b B-b, -1",
    "BIO, I-a O, 0",
    "BIO, O I-a, 1",
    "BIO, B-a I-b, 1",
    "BIO, B-a O I-a, 2",
    "IOBES, B-a I-a E-a S-b O, -1",
    "IOBES, I-a, 0",
    "IOBES, B-a O, 1",
    "IOBES, B-a B-a, 1",
    "IOBES, B-a E-b, 1",
    "IOBES, S-a I-a, 1",
    "IOBES, O B-a, 2",
    "IO, I-a I-b O I-a, -1",
    "none, NN VB NN, -1"
  })
  void firstIllegal_isTheWordThatBreaksTheScheme(String scheme, String tags, int word) {
    assertEquals(word, scheme(scheme).firstIllegal(tags(tags)));
  }

  private static TagScheme scheme(String name) {
    return TagScheme.valueOf(name.equals("none") ? "NONE" : name);
  }

  @ParameterizedTest
  @CsvSource({"O I-a, IO", "O B-a I-a, BIO", "B-a E-a O, IOBES", "NN O, NONE", "O, NONE"})
  void of_isWhatTheTagsLookLike(String tags, TagScheme scheme) {
    assertEquals(scheme, TagScheme.of(tags(tags)));
  }

  @Test
  void firstIllegal_besideAMissingTag_isNone() {
    assertEquals(-1, TagScheme.BIO.firstIllegal(Arrays.asList(null, "I-a", null)));
    assertEquals(2, TagScheme.BIO.firstIllegal(Arrays.asList(null, "O", "I-a")));
  }

  @Test
  void illegality_namesTagAndNeighbour() {
    assertEquals(
        "tag 'I-a' must not follow 'O' under scheme BIO",
        TagScheme.BIO.illegality(tags("O I-a"), 1));
    assertEquals(
        "tag 'I-a' must not follow the beginning of the sentence under scheme BIO",
        TagScheme.BIO.illegality(tags("I-a"), 0));
    assertEquals(
        "tag 'B-a' must not be a sentence's last under scheme IOBES",
        TagScheme.IOBES.illegality(tags("O B-a"), 2));
  }

  @ParameterizedTest
  @CsvSource({
    "BIO, E-a",
    "BIO, X",
    "BIO, B",
    "BIO, B-",
    "BIO, O-a",
    "BIO, b-a",
    "IO, B-a",
    "IOBES, L-a"
  })
  void requireTag_ofNoTagOfTheScheme_saysWhichThereAre(String scheme, String tag) {
    WrongSettings wrong = assertThrows(WrongSettings.class, () -> scheme(scheme).requireTag(tag));
    assertTrue(wrong.getMessage().startsWith("'" + tag + "' is no tag of scheme " + scheme));
    assertTrue(wrong.getMessage().contains("I-TYPE"));
  }

  @Test
  void requireTag_ofATagOfTheScheme_passes() {
    tags("O B-creative-work I-a").forEach(TagScheme.BIO::requireTag);
    tags("O B-a I-a E-a S-a").forEach(TagScheme.IOBES::requireTag);
    tags("NN anything").forEach(TagScheme.NONE::requireTag);
  }

  @ParameterizedTest
  @CsvSource({
    "BIO, B-a I-a I-a O B-b B-b",
    "IOBES, B-a I-a E-a O S-b S-b",
    "IO, I-a I-a I-a O I-b I-c"
  })
  void entities_writtenAndRead_areTheSame(String scheme, String tags) {
    List<Entity> entities = Entity.of(tags(tags));
    assertEquals(tags(tags), scheme(scheme).write(entities, 6));
    assertEquals(-1, scheme(scheme).firstIllegal(tags(tags)));
    List<String> other = TagScheme.IOBES.write(entities, 6);
    assertEquals(entities, Entity.of(other));
    assertEquals(-1, TagScheme.IOBES.firstIllegal(other));
  }
}
