package dev.braid.jobs.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.evaluation.Mistake;
import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.encoding.Categories;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.encoding.InputEncoding;
import dev.braid.worker.encoding.WordIndices;
import dev.braid.worker.encoding.WordIndices.End;
import dev.braid.worker.encoding.WordList;
import dev.braid.worker.layer.Output;
import dev.braid.worker.loss.CrossEntropy;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Network;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Tasks;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MistakesSectionTest {
  private static ModelDescription.Input table(int width, EncodedColumn... columns) {
    return new ModelDescription.Input(
        "input", Shape.of(width), Normaliser.NONE, new InputEncoding(List.of(columns), 0));
  }

  @Test
  void columnNames_areThoseOfTheTable_withTheCategories() {
    List<ModelDescription.Input> inputs =
        List.of(
            table(
                3,
                new EncodedColumn("island", new Categories(List.of("Dream", "Biscoe")), null),
                EncodedColumn.ofNumbers("mass", 1)));
    List<String> names = ColumnNames.of(inputs);
    assertEquals("mass", names.get(2));
    assertTrue(names.get(0).startsWith("island: "), names.toString());
  }

  @Test
  void columnNames_thatAreNotKnown_arePlaces() {
    assertEquals(
        List.of("1", "2"),
        ColumnNames.of(List.of(new ModelDescription.Input("input", Shape.of(2), Normaliser.NONE))));
  }

  @Test
  void texts_areShownByTheirWords() {
    WordIndices words =
        new WordIndices(
            "whitespace", new WordList(List.of("good", "<bad>")), 5, 2, 1, 0, End.START, End.END);
    ModelDescription model =
        new ModelDescription(
            new Network(
                Map.of("in", Shape.of(5)),
                List.of(
                    new Output(
                        new CrossEntropy(), 2, null, null, null, null, null, "output", null))),
            List.of(
                new ModelDescription.Input(
                    "in",
                    Shape.of(5),
                    Normaliser.NONE,
                    new InputEncoding(List.of(new EncodedColumn("review", words, null)), 0))),
            List.of(
                new ModelDescription.Labels(
                    Tasks.named("classification"), 1, List.of("no", "yes"))),
            new ModelDescription.Provenance("test", 1, "", 1, 1, 1));
    MistakenExample example =
        new MistakenExample(
            new Mistake("output", List.of(0.1f, 0.9f), List.of(0f), 0.9f, 0, 0),
            List.of(new float[] {0, 2, 1, 1, 3}));
    String html = new MistakesSection(List.of(example), model, "test").html();
    assertTrue(html.contains("<td><b>no</b></td><td>yes</td><td>0.900</td>"), html);
    assertTrue(html.contains("<th>review</th>"), html);
    assertTrue(html.contains("<td>good \u2026 &lt;bad&gt;</td>"), html);
  }

  @Test
  void pictures_holdTheNumbersAsTheyWere() throws IOException {
    float[] numbers = new float[3 * 5 * 6];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = 2 * i;
    }
    BufferedImage image = decoded(InlineImage.img(numbers, List.of(3, 5, 6), "a <b>"));
    assertEquals(6, image.getWidth());
    assertEquals(5, image.getHeight());
    // Row 2, column 4 of the planes red, green and blue.
    assertEquals(0xff000000 | 32 << 16 | 92 << 8 | 152, image.getRGB(4, 2));
  }

  @Test
  void pictures_ofSharesAndOfOtherNumbers_areStretched() throws IOException {
    float[] shares = new float[25];
    shares[7] = 1;
    shares[8] = 0.5f;
    BufferedImage image = decoded(InlineImage.img(shares, List.of(1, 5, 5), ""));
    assertEquals(255, image.getRaster().getSample(2, 1, 0));
    assertEquals(128, image.getRaster().getSample(3, 1, 0));
    float[] others = new float[25];
    others[7] = -3;
    others[8] = 3;
    image = decoded(InlineImage.img(others, List.of(1, 5, 5), ""));
    assertEquals(0, image.getRaster().getSample(2, 1, 0));
    assertEquals(255, image.getRaster().getSample(3, 1, 0));
  }

  private static BufferedImage decoded(String img) throws IOException {
    Matcher data = Pattern.compile("base64,([^\"]+)\"").matcher(img);
    assertTrue(data.find(), img);
    return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data.group(1))));
  }
}
