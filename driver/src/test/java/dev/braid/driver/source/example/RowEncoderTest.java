package dev.braid.driver.source.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.ShardBuilder;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.Lengths.Longer;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowEncoderTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> COLUMN = List.of("review");
  private static final List<String> TOKENIZERS =
      List.of("letters", "whitespace", "unicode", "characters", "regex:[^,.]+");
  private static final List<Lengths> LENGTHS =
      List.of(
          Lengths.ANY,
          new Lengths(1, null, null),
          new Lengths(7, Longer.CUT, End.START),
          new Lengths(5, Longer.QUARANTINE, null));

  /** Text of any UTF-16 units at all, halves of surrogate pairs and control characters too. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(30);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(6)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.appendCodePoint(random.nextInt(0x110000));
        case 2 -> text.append(" \t\u00a0\u2028,.".charAt(random.nextInt(6)));
        default -> text.append((char) ('a' + random.nextInt(4)));
      }
    }
    return text.toString();
  }

  private static TokenIds tokens(String tokenizer, Lengths lengths, List<String> texts) {
    TokenIds open = new TokenIds(tokenizer, Vocabulary.of(List.of()), lengths);
    Map<String, Long> counts = new HashMap<>();
    texts.forEach(text -> open.wordsOf(text).forEach(word -> counts.merge(word, 1L, Long::sum)));
    return new TokenIds(tokenizer, Vocabulary.ofCounts(counts, 20), lengths);
  }

  private static SourceFacts facts(InputEncoding encoding) {
    return new SourceFacts(
        List.of(
            new SourceFacts.Input("input", Shape.ragged().sizes(), Kind.FLOAT, false, encoding)),
        List.of(new Labels(Tasks.named("regression"), 1, List.of())),
        OptionalLong.empty());
  }

  private static String trained(RowEncoder encoder, SourceFacts facts, String text) {
    try {
      byte[] row = encoder.encode(new Object[] {text, 1}).get(0);
      ShardBuilder builder = new ShardBuilder(facts.layout(), 1);
      builder.set(0, ByteBuffer.wrap(row));
      return Arrays.toString(builder.build().input(0).row(0));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static String scored(InputEncoding encoding, String text) {
    try {
      return Arrays.toString(encoding.input(new Object[] {text}, 0, COLUMN, 0));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Of so many texts, how many have ids; all are encoded alike by what a file has kept. */
  private static int compared(String tokenizer, Lengths lengths, List<String> texts)
      throws IOException {
    TokenIds tokens = tokens(tokenizer, lengths, texts);
    InputEncoding encoding =
        new InputEncoding(List.of(new EncodedColumn("review", tokens, null)), 0);
    SourceFacts facts = facts(encoding);
    RowEncoder encoder = new RowEncoder(facts, List.of(COLUMN), List.of(List.of("y")));
    InputEncoding kept = JSON.readValue(JSON.writeValueAsBytes(encoding), InputEncoding.class);
    int known = 0;
    for (String text : texts) {
      String trained = trained(encoder, facts, text);
      String where = tokenizer + " " + lengths + " " + text.chars().boxed().toList();
      assertEquals(trained, scored(kept, text), where);
      known += trained.startsWith("[") ? 1 : 0;
    }
    return known;
  }

  @Test
  void trainingAndScoring_encodeAlike_whateverUnicodeLengthsAndSettings() throws IOException {
    Random random = new Random(11);
    int known = 0;
    for (String tokenizer : TOKENIZERS) {
      for (Lengths lengths : LENGTHS) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
          texts.add(text(random));
        }
        known += compared(tokenizer, lengths, texts);
      }
    }
    assertTrue(known > 600, "few texts have ids: " + known);
  }
}
