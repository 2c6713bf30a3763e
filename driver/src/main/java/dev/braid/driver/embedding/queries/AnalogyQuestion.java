package dev.braid.driver.embedding.queries;

import static dev.braid.worker.Check.require;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to the third word as the second is to the first? The fourth.
 *
 * @param section the part of the file it stands in
 * @param words four
 */
public record AnalogyQuestion(String section, List<String> words) {

  /**
   * Reads questions, one a line: four words apart by blanks; a line {@code : name} begins a
   * section. Blank lines are none.
   *
   * @param file its name, for messages
   * @throws IllegalArgumentException naming the line that is none of these
   */
  public static List<AnalogyQuestion> parse(String file, List<String> lines) {
    List<AnalogyQuestion> questions = new ArrayList<>();
    String section = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      if (line.startsWith(":")) {
        section = line.substring(1).strip();
        continue;
      }
      String place = "%s, line %d: ".formatted(file, i + 1);
      require(section != null, "%sanalogies begin with a line ': name of a section'", place);
      List<String> words = List.of(line.split("\\s+"));
      require(words.size() == 4, "%sexpected four words, got '%s'", place, line);
      questions.add(new AnalogyQuestion(section, words));
    }
    return questions;
  }
}
