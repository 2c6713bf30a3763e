package dev.braid.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final Configuration hadoop = new Configuration();
  @TempDir private Path temp;

  private FolderLock take(Path folder) {
    return FolderLock.take(folder.toString(), "train small", hadoop);
  }

  /** Changes what the lock of a folder says of its owner. */
  private static void change(Path folder, String key, String value) throws IOException {
    Path file = folder.resolve(FolderLock.NAME);
    ObjectNode owner = (ObjectNode) JSON.readTree(Files.readString(file));
    owner.put(key, value);
    Files.writeString(file, owner.toString());
  }

  @Test
  void take_ofAFolderInUse_namesTheOwner() {
    Path folder = temp.resolve("run");
    try (FolderLock first = take(folder)) {
      assertTrue(Files.exists(folder.resolve(FolderLock.NAME)), first::toString);
      String message = assertThrows(FolderInUse.class, () -> take(folder)).getMessage();
      assertTrue(
          message.matches(
              ".*/run is in use by 'train small' of "
                  + System.getProperty("user.name")
                  + " on host .*, process "
                  + ProcessHandle.current().pid()
                  + ", since \\d+ s; .*"),
          message);
    }
  }

  @Test
  void holding_freesTheFolder_alsoAfterAnError() {
    Path folder = temp.resolve("run");
    assertThrows(
        IllegalStateException.class,
        () ->
            FolderLock.holding(
                folder.toString(),
                "train small",
                hadoop,
                () -> {
                  throw new IllegalStateException("failed");
                }));
    assertFalse(Files.exists(folder), "a folder made for nothing");
    take(folder).close();
  }

  @Test
  void take_fromAProcessThatIsGone_takesOver() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    take(temp); // left behind
    change(temp, "process", "" + process.pid());
    take(temp).close();

    take(temp);
    change(temp, "processStart", "2020-01-01T00:00:00Z"); // its number has been given again
    take(temp).close();
    assertFalse(Files.exists(temp.resolve(FolderLock.NAME)));
  }

  @Test
  void take_fromAnotherMachine_isRefused_andSaysWhatToRemove() throws IOException {
    take(temp);
    change(temp, "host", "elsewhere");
    change(temp, "since", "2020-01-01T00:00:00Z");
    String message = assertThrows(FolderInUse.class, () -> take(temp)).getMessage();
    assertTrue(message.contains("on host elsewhere"), message);
    assertTrue(message.matches(".*since \\d{4,} h \\d+ min; .*remove .*/\\.lock\\).*"), message);
  }

  @Test
  void take_atOnce_oneAloneHasIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> attempt =
          () -> {
            try {
              take(temp);
              return 1;
            } catch (FolderInUse e) {
              return 0;
            }
          };
      int taken = 0;
      for (Future<Integer> result :
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> attempt).toList())) {
        taken += result.get();
      }
      assertEquals(1, taken);
    } finally {
      threads.shutdown();
    }
  }
}
