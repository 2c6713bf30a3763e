package dev.braid.driver.source.boxes;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text file for each picture, as YOLO's programs read it, of the same name but for its ending: a
 * line for each object with the number of its class, from 0, and the x and y of its centre, its
 * width and its height in shares of the picture. A picture without a file, or with an empty one,
 * has no objects.
 *
 * @param path the folder of the files, an archive of them, or a wildcard
 * @param names of the classes, in the order of their numbers
 */
public record YoloText(String path, List<String> names) implements BoxFiles {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int NUMBERS = 5;

  public YoloText {
    require(names != null && !names.isEmpty(), "yolo.names is missing: the names of the classes");
    names = List.copyOf(names);
  }

  @Override
  public String ending() {
    return ".txt";
  }

  @Override
  public boolean silenceIsNone() {
    return true;
  }

  @Override
  public Map<String, MarkedPicture> pictures(String name, String place, byte[] content) {
    List<MarkedPicture.Marked> objects = new ArrayList<>();
    int number = 0;
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      number++;
      if (!line.isBlank()) {
        try {
          objects.add(object(BLANKS.split(line.strip())));
        } catch (WrongSettings e) {
          throw new WrongSettings("line " + number + ": " + e.getMessage(), e);
        }
      }
    }
    return Map.of(name, MarkedPicture.of(place, 0, 0, objects));
  }

  private MarkedPicture.Marked object(String[] fields) {
    require(
        fields.length == NUMBERS,
        "expected a class and 4 numbers, found '%s'",
        String.join(" ", fields));
    int label = (int) number(fields[0]);
    require(
        label >= 0 && label < names.size() && label == number(fields[0]),
        "class %s is none of 0 to %d, which yolo.names has",
        fields[0],
        names.size() - 1);
    double x = number(fields[1]);
    double y = number(fields[2]);
    double width = number(fields[3]);
    double height = number(fields[4]);
    return MarkedPicture.Marked.of(
        names.get(label), x - width / 2, y - height / 2, x + width / 2, y + height / 2);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new WrongSettings("'%s' is no number".formatted(text), e);
    }
  }
}
