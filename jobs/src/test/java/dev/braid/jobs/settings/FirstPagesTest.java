package dev.braid.jobs.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.inference.InferenceSettings;
import dev.braid.jobs.Checkout;
import dev.braid.jobs.embedding.EmbedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FirstPagesTest {
  private static final Pattern FILE =
      Pattern.compile("`([a-z]+\\.yaml)`:\n\n```yaml\n(.*?)```", Pattern.DOTALL);

  private static String text(String path) throws IOException {
    return Files.readString(Checkout.root().resolve(path));
  }

  /** The job files that a page lets its readers write, by name. */
  private static Map<String, String> files(String page) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    Matcher file = FILE.matcher(text("docs/" + page));
    while (file.find()) {
      files.put(file.group(1), file.group(2));
    }
    return files;
  }

  @Test
  void jobFilesOfThePages_areReadAsTheyStand() throws IOException {
    int count = 0;
    for (String page : List.of("first-table.md", "first-pictures.md", "first-texts.md")) {
      for (Map.Entry<String, String> file : files(page).entrySet()) {
        SettingsFile settings = SettingsFile.of(file.getKey(), file.getValue(), List.of());
        Class<?> kind =
            switch (file.getKey()) {
              case "score.yaml" -> InferenceSettings.class;
              case "words.yaml" -> EmbedFile.class;
              default -> JobFile.class;
            };
        settings.as(kind);
        count++;
      }
    }
    assertTrue(count >= 6, count + " job files on the pages");
  }

  @Test
  void readme_showsTheJobFileOfTheFirstTable_inTwelveLines() throws IOException {
    String job = files("first-table.md").get("penguins.yaml");
    assertEquals(12, job.lines().count());
    assertTrue(text("README.md").contains("```yaml\n" + job + "```"));
  }

  @Test
  void linksOfThePages_leadSomewhere() throws IOException {
    for (Path page :
        List.of(
            Path.of("README.md"),
            Path.of("docs/first-table.md"),
            Path.of("docs/first-pictures.md"),
            Path.of("docs/first-texts.md"))) {
      Matcher link =
          Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)").matcher(text(page.toString()));
      while (link.find()) {
        Path target = Checkout.root().resolve(page).resolveSibling(link.group(1));
        assertTrue(Files.exists(target), page + " names " + link.group(1));
      }
    }
  }
}
