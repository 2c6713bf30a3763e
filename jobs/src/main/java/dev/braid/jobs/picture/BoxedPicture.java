package dev.braid.jobs.picture;

import dev.braid.driver.evaluation.MistakenExample;
import dev.braid.jobs.chart.Html;
import dev.braid.jobs.chart.InlineImage;
import dev.braid.worker.task.detection.Box;
import dev.braid.worker.task.detection.BoxLabel;
import dev.braid.worker.task.detection.Detected;
import dev.braid.worker.task.detection.LabelledBox;
import dev.braid.worker.task.detection.ScoredBox;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A picture with the boxes that are there and those that were found.
 *
 * @param example the picture, its label and what is kept of its answer
 * @param shape [channels, height, width] of the picture
 * @param classes their names, by index
 */
record BoxedPicture(MistakenExample example, List<Integer> shape, List<String> classes) {
  private static final int COLOURS = 6;

  String html() {
    List<LabelledBox> there = there();
    List<ScoredBox> found = Detected.read(example.mistake().answer());
    String boxes =
        there.stream()
                .map(each -> rect(each.box(), "there", ClassHits.name(each.label(), classes)))
                .collect(Collectors.joining())
            + found.stream().map(this::found).collect(Collectors.joining());
    return ("<figure><div>%s<svg viewBox=\"0 0 %d %d\">%s</svg></div>"
            + "<span>%d there, %d found</span></figure>")
        .formatted(
            InlineImage.img(example.inputs().get(0), shape, "a picture with boxes"),
            shape.get(2),
            shape.get(1),
            boxes,
            there.size(),
            found.size());
  }

  private List<LabelledBox> there() {
    List<Float> label = example.mistake().label();
    float[] numbers = new float[label.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = label.get(i);
    }
    return BoxLabel.objects(numbers, 0);
  }

  private String found(ScoredBox each) {
    String title = Html.format("%s, %.2f", ClassHits.name(each.label(), classes), each.score());
    return rect(each.box(), "c" + each.label() % COLOURS, title);
  }

  private String rect(Box box, String kind, String title) {
    return Html.format(
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title>"
            + "</rect>",
        kind,
        box.left() * shape.get(2),
        box.top() * shape.get(1),
        box.width() * shape.get(2),
        box.height() * shape.get(1),
        Html.escape(title));
  }
}
