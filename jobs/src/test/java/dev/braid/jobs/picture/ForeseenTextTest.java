package dev.braid.jobs.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.evaluation.Mistake;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.worker.encoding.Lengths;
import dev.braid.worker.encoding.TokenIds;
import dev.braid.worker.encoding.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeseenTextTest {
  private static final Vocabulary KNOWN = Vocabulary.of(List.of("a", "<", "\n", "d"));

  private static ForeseenText text(String tokenizer, List<Float> nats, float... ids) {
    Mistake mistake = new Mistake("output", nats, List.of(), 1.5f, 0, 0);
    return ForeseenText.of(
        new MistakenExample(mistake, List.of(ids)), new TokenIds(tokenizer, KNOWN, Lengths.ANY));
  }

  @Test
  void tokens_areTheDarker_theLessTheyWereForeseen() {
    float random = (float) Math.log(8); // of four known tokens and the four special ones
    List<Float> nats = List.of(random, 0f, random / 2, Float.NaN, Float.NaN);
    assertEquals(
        "<tr><th>1.50</th><td>a<i style=\"--a:1.00\" title=\"2.08 nats\">&lt;</i>\u21b5\n"
            + "<i style=\"--a:0.50\" title=\"1.04 nats\">&lt;unk&gt;</i></td></tr>",
        text("characters", nats, 4, 5, 6, 1).html());
    assertTrue(text("whitespace", nats, 4, 7).html().contains("<td>a <i"), "words are apart");
  }

  @Test
  void longText_isShownWhereItWasForeseenLeast() {
    float[] ids = new float[1000];
    Arrays.fill(ids, 4);
    List<Float> nats = new ArrayList<>(Collections.nCopies(1000, 0.5f));
    for (int i = 600; i < 700; i++) {
      nats.set(i, 2f);
      ids[i + 1] = 7;
    }
    ForeseenText shown = text("characters", nats, ids);
    assertEquals(300, shown.tokens().size());
    assertEquals(100, Collections.frequency(shown.tokens(), "d"));
    assertEquals(100, Collections.frequency(shown.nats(), 2f));
  }
}
