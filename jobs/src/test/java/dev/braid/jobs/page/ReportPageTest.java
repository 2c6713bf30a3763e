package dev.braid.jobs.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.metrics.History;
import dev.braid.jobs.report.Runs;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  @Test
  void html_showsTheRun() {
    String html = page(8).html();
    for (String part :
        List.of(
            "<title>two &lt;moons&gt;</title>",
            "<b>0.75</b><span>test accuracy</span>",
            "aria-label=\"Loss\"",
            "aria-label=\"Accuracy\"",
            "best: epoch 2",
            "<h2>The training examples</h2>",
            "<h2>The surest mistakes</h2>",
            "local passes <b>1.6 s</b> (80 %)",
            "title=\"sun taken for moon: 0 of 1\"",
            "title=\"moon taken for sun: 1 of 3\"",
            "workers: 2 # &amp; so on",
            "<th>seed</th><td class=\"\">7</td>")) {
      assertTrue(html.contains(part), part);
    }
  }

  @Test
  void html_needsNothingFromOutside() {
    assertFalse(
        Pattern.compile(
                "https?:(?!//www\\.w3\\.org/2000/svg')|src=\"(?!data:)|@import|url\\(|<script ")
            .matcher(page(8).html())
            .find());
    assertTrue(page(8).html().contains("content=\"default-src 'none'"));
  }

  @Test
  void html_ofALongRun_staysSmall() {
    assertTrue(page(100_000).html().length() < 200_000);
  }

  @Test
  void html_drawsWellFormedCurves() throws Exception {
    List<String> drawings =
        Pattern.compile("<svg.*?</svg>", Pattern.DOTALL)
            .matcher(page(8).html())
            .results()
            .map(MatchResult::group)
            .toList();
    assertEquals(2, drawings.size());
    for (String svg : drawings) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void html_leavesOutChartsThatSayNothing() {
    String html = page(8).html(); // all rounds have the same rate, spread, cosine and local steps
    assertFalse(html.contains("aria-label=\"Learning rate\""));
    assertFalse(html.contains("aria-label=\"Local steps between two averagings\""));
  }

  private static ReportPage page(int rounds) {
    History history = new History(2, "accuracy", List.of());
    for (int i = 0; i < rounds; i++) {
      history.round(Runs.round(i / (rounds / 2), i, rounds));
      if ((i + 1) % (rounds / 2) == 0) {
        history.epoch(Runs.epoch(i / (rounds / 2)));
      }
    }
    return new ReportPage(
        new Page(
            "two <moons>",
            "a test",
            Map.of("test accuracy", "0.75"),
            "workers: 2 # & so on\n",
            Map.of("seed", "7")),
        history,
        "<h2>Scores of the parts</h2>",
        Map.of(
            "output",
            new ScoreTables(Runs.evaluation().outputs().get("output"), List.of("sun", "moon"))),
        "<h2>The training examples</h2>",
        "<h2>The surest mistakes</h2>",
        "");
  }
}
