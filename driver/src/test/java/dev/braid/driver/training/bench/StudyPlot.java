package dev.braid.driver.training.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Draws the results of {@link AveragingStudy} as SVG: a panel for each task, accuracy over local
 * steps, a line for each number of workers with the mean and with the outer step that was best on
 * the validation examples, and a level for one worker. Runs that differ in their seed alone are
 * averaged. Arguments: CSV file, SVG file.
 */
public final class StudyPlot {
  private static final int WIDTH = 380;
  private static final int HEIGHT = 270;
  private static final int LEFT = 56;
  private static final int RIGHT = 12;
  private static final int TOP = 34;
  private static final int BOTTOM = 78;
  private static final List<Integer> LOCAL_STEPS = List.of(1, 10, 100);
  private static final Map<String, String> TITLES =
      Map.of("lenet", "LeNet-5 on MNIST, SGD", "lstm", "LSTM on IMDB, Adam");
  private static final Map<Integer, String> COLOURS =
      Map.of(1, "#555555", 4, "#2a78b8", 16, "#c8502a");

  private StudyPlot() {}

  /** What is drawn of a run. */
  private record Run(
      String task,
      int workers,
      int localSteps,
      String outerStep,
      String transfer,
      String scoredOn,
      double accuracy) {
    static Run read(String line) {
      String[] fields = line.split(",", -1);
      return new Run(
          fields[0],
          Integer.parseInt(fields[1]),
          Integer.parseInt(fields[2]),
          fields[3],
          fields[8],
          fields[9],
          Double.parseDouble(fields[11]));
    }

    /** A run on the test examples, of the mean or of the outer step that was chosen. */
    boolean isDrawn(String chosen) {
      return transfer.equals("float32")
          && scoredOn.equals("test")
          && (isMean() || outerStep.equals(chosen));
    }

    boolean isMean() {
      return outerStep.startsWith("{mean");
    }
  }

  /** Reads, draws, writes. */
  public static void main(String[] arguments) throws IOException {
    List<Run> runs =
        Files.readAllLines(Path.of(arguments[0])).stream().skip(1).map(Run::read).toList();
    List<String> tasks = runs.stream().map(Run::task).distinct().sorted().toList();
    StringBuilder svg =
        new StringBuilder(
            format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                    + " font-family=\"sans-serif\" font-size=\"11\">%n"
                    + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                tasks.size() * WIDTH, HEIGHT, tasks.size() * WIDTH));
    for (int i = 0; i < tasks.size(); i++) {
      String task = tasks.get(i);
      List<Run> ofTask = runs.stream().filter(run -> run.task().equals(task)).toList();
      String chosen = chosen(ofTask);
      List<Run> own = ofTask.stream().filter(run -> run.isDrawn(chosen)).toList();
      svg.append(format("<g transform=\"translate(%d 0)\">%n", i * WIDTH));
      svg.append(new Panel(TITLES.get(task), own).svg()).append(format("</g>%n"));
    }
    Files.writeString(Path.of(arguments[1]), svg.append(format("</svg>%n")));
  }

  /** Of the outer steps that were run on the test examples, the best on the validation examples. */
  private static String chosen(List<Run> runs) {
    Set<String> tested =
        runs.stream()
            .filter(run -> run.scoredOn().equals("test") && !run.isMean())
            .map(Run::outerStep)
            .collect(Collectors.toSet());
    return runs.stream()
        .filter(run -> run.scoredOn().equals("validation") && tested.contains(run.outerStep()))
        .max(Comparator.comparingDouble(Run::accuracy))
        .map(Run::outerStep)
        .orElse("");
  }

  private static final class Panel {
    private final String title;
    private final List<Run> runs;
    private final double low;
    private final double high;

    Panel(String title, List<Run> runs) {
      this.title = title;
      this.runs = runs;
      double step = 0.01;
      low = step * Math.floor(runs.stream().mapToDouble(Run::accuracy).min().orElse(0) / step);
      high = step * Math.ceil(runs.stream().mapToDouble(Run::accuracy).max().orElse(1) / step);
    }

    String svg() {
      StringBuilder svg =
          new StringBuilder(
              text("start", LEFT + 10, 16, "<tspan font-weight=\"bold\">" + title + "</tspan>"));
      int percents = (int) Math.round((high - low) * 100);
      for (int i = 0; i <= percents; i += Math.max(1, percents / 5)) {
        double y = low + i / 100.0;
        svg.append(line("#dddddd", "", LEFT, y(y), WIDTH - RIGHT, y(y)));
        svg.append(text("end", LEFT - 6, y(y) + 4, format("%.0f %%", 100 * y)));
      }
      for (int steps : LOCAL_STEPS) {
        svg.append(text("middle", x(steps), HEIGHT - BOTTOM + 16, "" + steps));
      }
      svg.append(text("middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 32, "localSteps"));
      svg.append(text("start", 6, 16, "accuracy"));
      List<String> legend = new ArrayList<>();
      double alone = mean(runs.stream().filter(run -> run.workers() == 1).toList());
      svg.append(line(COLOURS.get(1), "2 3", LEFT, y(alone), WIDTH - RIGHT, y(alone)));
      legend.add(entry(0, COLOURS.get(1), "2 3", "1 worker"));
      for (int workers : List.of(4, 16)) {
        for (boolean isMean : List.of(true, false)) {
          List<Run> own =
              runs.stream()
                  .filter(run -> run.workers() == workers && run.isMean() == isMean)
                  .toList();
          if (own.isEmpty()) {
            continue;
          }
          String dashes = isMean ? "6 4" : "";
          svg.append(curve(COLOURS.get(workers), dashes, own));
          String name = isMean ? "mean" : name(own.get(0).outerStep());
          legend.add(
              entry(legend.size(), COLOURS.get(workers), dashes, workers + " workers, " + name));
        }
      }
      legend.forEach(svg::append);
      return svg.toString();
    }

    private String curve(String colour, String dashes, List<Run> own) {
      Map<Integer, List<Run>> bySteps =
          own.stream()
              .collect(Collectors.groupingBy(Run::localSteps, TreeMap::new, Collectors.toList()));
      StringBuilder path = new StringBuilder();
      StringBuilder dots = new StringBuilder();
      bySteps.forEach(
          (steps, same) -> {
            path.append(format("%s%.1f,%.1f", path.isEmpty() ? "M" : "L", x(steps), y(mean(same))));
            dots.append(
                format(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
                    x(steps), y(mean(same)), colour));
          });
      return format(
              "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>%n",
              path, colour, dashes)
          + dots;
    }

    /** A line of the legend, in two columns below the plot. */
    private static String entry(int number, String colour, String dashes, String name) {
      double x = number == 0 ? LEFT : number % 2 == 1 ? LEFT - 40 : LEFT + 110;
      double y = HEIGHT - 34 + (number + 1) / 2 * 14 - 2;
      return line(colour, dashes, x, y - 4, x + 24, y - 4) + text("start", x + 30, y, name);
    }

    private static double mean(List<Run> runs) {
      return runs.stream().mapToDouble(Run::accuracy).average().orElseThrow();
    }

    private static double x(int localSteps) {
      return LEFT + 30 + (WIDTH - LEFT - RIGHT - 60) * Math.log10(localSteps) / 2;
    }

    private double y(double accuracy) {
      return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (accuracy - low) / (high - low);
    }
  }

  /** {@code {slowMo:{momentum:0.7; learningRate:2.0}}} to {@code slowMo 0.7, 2.0}. */
  private static String name(String outerStep) {
    return outerStep
        .replaceAll("[{}]", "")
        .replaceAll("(momentum|learningRate):", "")
        .replace(":", " ")
        .replace(";", ",");
  }

  private static String line(
      String colour, String dashes, double x1, double y1, double x2, double y2) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"1.5\""
            + " stroke-dasharray=\"%s\"/>%n",
        x1, y1, x2, y2, colour, dashes);
  }

  private static String text(String anchor, double x, double y, String words) {
    return format(
        "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", anchor, x, y, words);
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
