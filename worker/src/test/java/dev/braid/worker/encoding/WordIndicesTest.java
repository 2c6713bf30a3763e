package dev.braid.worker.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.encoding.WordIndices.End;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordIndicesTest {
  private static final WordList WORDS = new WordList(List.of("the", "cat", "the", "sat"));

  private static WordIndices of(int length, End pad, End cut) {
    return new WordIndices("letters", WORDS, length, 2, 1, 0, pad, cut);
  }

  private static float[] indices(WordIndices words, String text) {
    return words.indices(words.wordsOf(text));
  }

  @Test
  void shortText_isFilledUp_atTheEndThatIsSet() {
    assertArrayEquals(new float[] {0, 0, 2, 3}, indices(of(4, End.START, End.END), "The cat!"));
    assertArrayEquals(new float[] {2, 3, 0, 0}, indices(of(4, End.END, End.END), "The cat!"));
  }

  @Test
  void longText_isCutOff_atTheEndThatIsSet() {
    assertArrayEquals(new float[] {2, 3}, indices(of(2, End.START, End.END), "the cat sat"));
    assertArrayEquals(new float[] {3, 5}, indices(of(2, End.START, End.START), "the cat sat"));
  }

  @Test
  void wordThatIsThereTwice_hasItsFirstPlace_andMovesNoOther() {
    assertArrayEquals(new float[] {2, 5}, indices(of(2, End.START, End.END), "the sat"));
  }

  @Test
  void unknownWord_hasTheIndexOfAllSuch() {
    assertArrayEquals(new float[] {1, 3}, indices(of(2, End.START, End.END), "dog cat"));
  }

  @Test
  void asAColumnOfATable_givesTheSameIndices() {
    InputEncoding encoding =
        new InputEncoding(List.of(new EncodedColumn("text", of(3, End.START, End.END), null)), 0);
    assertEquals(3, encoding.width());
    assertArrayEquals(
        new float[] {0, 2, 3}, encoding.input(new Object[] {"the cat"}, 0, List.of("text"), 3));
  }

  @Test
  void json_andSerialised_isTheSameAgain() throws IOException, ClassNotFoundException {
    WordIndices words = of(7, End.END, End.START);
    JsonMapper json = new JsonMapper();
    String text = json.writerFor(ColumnEncoding.class).writeValueAsString(words);
    assertEquals(words, json.readValue(text, ColumnEncoding.class));

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(words);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      WordIndices again = (WordIndices) in.readObject();
      assertEquals(words, again);
      assertArrayEquals(indices(words, "a cat sat"), indices(again, "a cat sat"));
    }
  }

  @Test
  void settingsThatCannotBe_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> of(0, End.START, End.END));
    assertThrows(
        IllegalArgumentException.class,
        () -> new WordIndices("syllables", WORDS, 3, 2, 1, 0, End.START, End.END));
  }
}
