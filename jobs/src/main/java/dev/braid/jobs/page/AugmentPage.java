package dev.braid.jobs.page;

import dev.braid.driver.training.AugmentedPicture;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.worker.augment.Augmentation;
import dev.braid.worker.augment.PictureSize;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The page of what a network will see of its pictures.
 *
 * @param name of the job
 * @param changes in their order
 * @param pictures some of the training part
 */
public record AugmentPage(
    String name, List<Augmentation> changes, List<AugmentedPicture> pictures) {

  /** The page. */
  public String html() {
    String kinds = changes.stream().map(Augmentation::kind).collect(Collectors.joining(", "));
    return Page.html(
        name,
        "what the network will see: " + kinds,
        String.join(
            "\n",
            "<h2>The same pictures in several epochs</h2>",
            "<div class=\"card wide\"><table>",
            head(),
            pictures.stream()
                .filter(picture -> picture.byEpoch().size() > 1)
                .limit(AugmentedPicture.NUM_FOLLOWED)
                .map(AugmentPage::row)
                .collect(Collectors.joining("\n")),
            "</table></div>",
            "<h2>Pictures of the first epoch</h2>",
            pictures.stream()
                .map(AugmentPage::figure)
                .collect(Collectors.joining("\n", "<div class=\"card pictures\">", "</div>"))));
  }

  private String head() {
    StringBuilder html = new StringBuilder("<tr><th></th><th>as read</th>");
    int numEpochs = pictures.stream().mapToInt(p -> p.byEpoch().size()).max().orElse(0);
    for (int epoch = 1; epoch <= numEpochs; epoch++) {
      html.append("<th>epoch %d</th>".formatted(epoch));
    }
    return html.append("</tr>").toString();
  }

  private static String row(AugmentedPicture picture) {
    return picture.byEpoch().stream()
        .map(seen -> "<td>%s</td>".formatted(img(seen, picture)))
        .collect(
            Collectors.joining(
                "",
                "<tr><td>%s</td><td>%s</td>"
                    .formatted(Html.escape(picture.label()), img(picture.plain(), picture)),
                "</tr>"));
  }

  private static String figure(AugmentedPicture picture) {
    return "<figure>%s<b>%s</b></figure>"
        .formatted(img(picture.byEpoch().get(0), picture), Html.escape(picture.label()));
  }

  private static String img(float[] pixels, AugmentedPicture picture) {
    PictureSize size = picture.size();
    return InlineImage.img(
        pixels, List.of(size.channels(), size.height(), size.width()), picture.label());
  }
}
