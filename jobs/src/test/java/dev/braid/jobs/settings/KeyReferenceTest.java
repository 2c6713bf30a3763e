package dev.braid.jobs.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * To write the page anew: {@code mvn verify -pl jobs -am -Dtest=KeyReferenceTest
 * -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dbraid.writeReference=true}.
 */
class KeyReferenceTest {
  @Test
  void page_saysWhatTheRecordsSay() throws IOException {
    Path file = Checkout.root().resolve("docs/reference.md");
    String page = KeyReference.page().text();
    if (Boolean.getBoolean("braid.writeReference")) {
      Files.writeString(file, page);
    }
    assertEquals(
        page, Files.readString(file), "docs/reference.md is stale: this test's comment says how");
  }

  @Test
  void everyKey_hasWords() {
    assertEquals(List.of(), KeyReference.page().undocumented());
  }

  @Test
  void page_hasTypesAndDefaultsAndWords() {
    String page = KeyReference.page().text();
    assertTrue(
        page.contains("| `workers` | whole number | `1` | logical workers per round;"), page);
    assertTrue(page.contains("- `csv`: [Csv](#csv)."), page);
  }
}
