package dev.braid.jobs.picture;

import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.encoding.TokenIds;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with how little each of its tokens was foreseen.
 *
 * @param tokens as they are written, in their order
 * @param nats of each token; NaN for the first, which follows on nothing
 * @param numKnown among how many tokens a network chooses
 * @param mean of the nats of the whole text
 * @param apart what stands between two tokens
 */
record ForeseenText(List<String> tokens, List<Float> nats, int numKnown, float mean, String apart) {
  /** Of longer texts the place is shown that was foreseen least. */
  private static final int MOST_TOKENS = 300;

  private static final double FAINTEST = 0.04;
  private static final String LINE_END = "\u21b5";

  /** The text of an example, whose answer is the nats at each step. */
  static ForeseenText of(MistakenExample example, TokenIds encoding) {
    List<String> tokens = new ArrayList<>();
    for (float id : example.inputs().get(0)) {
      tokens.add(encoding.vocabulary().word((int) id));
    }
    List<Float> nats = new ArrayList<>(List.of(Float.NaN));
    nats.addAll(example.mistake().answer().subList(0, Math.max(0, tokens.size() - 1)));
    return new ForeseenText(
            tokens,
            nats,
            encoding.vocabulary().size(),
            example.mistake().confidence(),
            encoding.tokenizer().equals(Tokenizer.CHARACTERS) ? "" : " ")
        .leastForeseen();
  }

  private ForeseenText leastForeseen() {
    int length = Math.min(MOST_TOKENS, tokens.size());
    int best = 0;
    double sum = 0;
    double most = 0;
    for (int i = 0; i < tokens.size(); i++) {
      sum += value(i) - (i < length ? 0 : value(i - length));
      if (i < length || sum > most) {
        most = sum;
        best = Math.max(0, i - length + 1);
      }
    }
    return new ForeseenText(
        tokens.subList(best, best + length),
        nats.subList(best, best + length),
        numKnown,
        mean,
        apart);
  }

  private double value(int token) {
    return nats.get(token).isNaN() ? 0 : nats.get(token);
  }

  /** A row of a table: the mean, and the text in which a token is the darker the less foreseen. */
  String html() {
    StringBuilder html = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      html.append(i == 0 ? "" : apart).append(token(i));
    }
    return Html.format("<tr><th>%.2f</th><td>%s</td></tr>", mean, html);
  }

  /** A guess at random, which costs ln of the number of tokens, is of full darkness. */
  private String token(int i) {
    String token = tokens.get(i);
    boolean ends = token.equals(Tokenizer.LINE_END);
    String text = ends ? LINE_END : Html.escape(token);
    double share = Math.min(1, value(i) / Math.log(numKnown));
    String shown =
        share < FAINTEST
            ? text
            : Html.format(
                "<i style=\"--a:%.2f\" title=\"%.2f nats\">%s</i>", share, value(i), text);
    return ends ? shown + "\n" : shown;
  }
}
