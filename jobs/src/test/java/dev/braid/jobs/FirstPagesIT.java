package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages for beginners, followed word by word in an empty folder beside a clone. */
class FirstPagesIT {
  /** A file that is to be written, or commands that are to be called. */
  private static final Pattern BLOCK =
      Pattern.compile("`([a-z]+\\.yaml)`:\n\n```yaml\n(.*?)```|```sh\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"first-table", "first-pictures", "first-texts"})
  void page_followedWordByWord_works(String name) throws IOException, InterruptedException {
    Files.createSymbolicLink(folder.resolve("braid"), Checkout.root());
    Matcher block =
        BLOCK.matcher(Files.readString(Checkout.root().resolve("docs/" + name + ".md")));
    StringBuilder script = new StringBuilder("set -euo pipefail\n");
    while (block.find()) {
      if (block.group(1) != null) {
        script.append("cat > ").append(block.group(1)).append(" <<'END'\n");
        script.append(block.group(2)).append("END\n");
      } else {
        script.append(block.group(3));
      }
    }
    Path log = folder.resolve("log.txt");

    Process bash =
        new ProcessBuilder("bash", "-c", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    assertTrue(bash.waitFor(20, TimeUnit.MINUTES), () -> read(log));
    assertEquals(0, bash.exitValue(), () -> read(log));
    String said = Files.readString(log);
    double accuracy = Double.parseDouble(found(said, "test accuracy (\\d\\.\\d+)"));
    assertTrue(accuracy > 0.6, said); // the pages say more; chance is a third, a tenth and a half
  }

  private static String found(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertTrue(found.find(), text);
    return found.group(1);
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
