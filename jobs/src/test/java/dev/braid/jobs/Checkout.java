package dev.braid.jobs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the repository, and public data beside it. */
public final class Checkout {
  private Checkout() {}

  /** The repository's root, wherever in it the tests run. */
  public static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("jobs/pom.xml"))) {
      root = root.getParent();
    }
    return root;
  }

  /** A file or folder of {@code ../shared}; where it is absent the test is skipped. */
  public static Path shared(String path) {
    Path file = root().resolve("../shared").resolve(path);
    assumeTrue(Files.exists(file), "skipped: there is no " + file);
    return file;
  }
}
