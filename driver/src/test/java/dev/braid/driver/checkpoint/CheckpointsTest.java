package dev.braid.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.checkpoint.Checkpoints.Found;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  @TempDir private Path folder;
  private Configuration hadoop;

  @BeforeEach
  void configure() {
    hadoop = new Configuration();
    hadoop.set("fs.small.impl", SmallDisk.class.getName());
  }

  private Checkpoints checkpoints(int keep) {
    return new Checkpoints(folder.toString(), hadoop, keep);
  }

  private static Checkpoint checkpoint(int round) {
    Map<String, State> states = new LinkedHashMap<>();
    states.put(
        "state",
        new State(
            Blocks.copyOf(round, -2.5f, Float.NaN),
            List.of(Blocks.copyOf(1, 2, 3)),
            Blocks.copyOf(7)));
    states.put("empty", new State(Blocks.zeros(0), List.of(), Blocks.zeros(0)));
    return new Checkpoint(round, Map.of("seed", "1", "training.workers", "2"), "{}", states);
  }

  private Path file(int round) {
    return folder.resolve("round-%09d.checkpoint".formatted(round));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void newest_givesEverythingBack() throws IOException {
    checkpoints(2).write(checkpoint(9));
    checkpoints(2).write(checkpoint(10));

    Found<Checkpoint> found = checkpoints(2).newest(Map.of()).orElseThrow();

    assertEquals(checkpoint(10), found.checkpoint());
    assertEquals(List.of(), found.damaged());
    assertTrue(found.path().endsWith("round-000000010.checkpoint"), found.path());
  }

  @Test
  void newest_readsIntoTheStatesThatAreGiven_whereSizesFit() throws IOException {
    checkpoints(2).write(checkpoint(9));
    State fits =
        new State(Blocks.zeros(3), List.of(Blocks.copyOf(9, 9, 9)), Blocks.copyOf(Float.NaN));
    State other = new State(Blocks.zeros(1), List.of(), Blocks.zeros(0));

    Map<String, State> read =
        checkpoints(2)
            .newest(Map.of("state", fits, "empty", other))
            .orElseThrow()
            .checkpoint()
            .states();

    assertEquals(checkpoint(9).states(), read);
    assertSame(fits, read.get("state"));
    assertNotSame(other, read.get("empty"));
  }

  @Test
  void newest_ofNothing_isEmpty() {
    assertTrue(checkpoints(1).newest(Map.of()).isEmpty());
    assertTrue(new Checkpoints(folder + "/none", hadoop, 1).newest(Map.of()).isEmpty());
  }

  @Test
  void write_keepsTheNewest() throws IOException {
    for (int round = 1; round <= 5; round++) {
      checkpoints(2).write(checkpoint(round));
    }
    assertEquals(List.of("round-000000004.checkpoint", "round-000000005.checkpoint"), names());
  }

  @Test
  void newest_skipsTruncatedFlippedAndEmptyOnes_andNamesThem() throws IOException {
    checkpoints(4).write(checkpoint(1));
    byte[] whole = Files.readAllBytes(file(1));
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 4;
    Files.write(file(2), Arrays.copyOf(whole, whole.length - 1));
    Files.write(file(3), flipped);
    Files.write(file(4), new byte[0]);

    Found<Checkpoint> found = checkpoints(4).newest(Map.of()).orElseThrow();

    assertEquals(1, found.checkpoint().round());
    assertEquals(3, found.damaged().size());
    assertTrue(found.damaged().get(0).contains("round-000000004"), found.damaged().get(0));
    assertTrue(found.damaged().get(1).contains("checksum"), found.damaged().get(1));
    assertTrue(found.damaged().get(2).contains("ends"), found.damaged().get(2));
    assertTrue(names().contains("round-000000003.checkpoint.damaged"), names().toString());
  }

  @Test
  void everyFlippedBit_isFound() throws IOException {
    checkpoints(1).write(checkpoint(1));
    byte[] whole = Files.readAllBytes(file(1));
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      int at = bit;
      assertThrows(
          IOException.class,
          () -> CheckpointFile.read(new java.io.ByteArrayInputStream(flipped), Map.of()),
          () -> "bit " + at);
    }
  }

  @Test
  void allDamaged_isAnError() throws IOException {
    Files.write(file(1), new byte[3]);
    String message =
        assertThrows(IllegalArgumentException.class, () -> checkpoints(1).newest(Map.of()))
            .getMessage();
    assertTrue(message.contains("round-000000001") && message.contains("--resume"), message);
  }

  @Test
  void newerVersion_isRefusedByName() throws IOException {
    checkpoints(2).write(checkpoint(1));
    byte[] whole = Files.readAllBytes(file(1));
    byte[] prefix = CheckpointFile.prefix(7);
    System.arraycopy(prefix, 0, whole, 0, prefix.length);
    Files.write(file(2), whole);

    String message =
        assertThrows(IllegalArgumentException.class, () -> checkpoints(2).newest(Map.of()))
            .getMessage();

    assertTrue(message.contains("round-000000002") && message.contains("version 7"), message);
  }

  @Test
  void fullDisk_leavesTheLastGoodOne() throws IOException {
    checkpoints(1).write(checkpoint(1));
    Checkpoints full = new Checkpoints("small://" + folder, hadoop, 1);
    for (long room = 0; room < Files.size(file(1)); room += 37) {
      hadoop.setLong(SmallDisk.ROOM, room);
      IOException e = assertThrows(IOException.class, () -> full.write(checkpoint(2)));
      assertTrue(e.getMessage().contains("No space left"), e.getMessage());
    }
    assertEquals(List.of("round-000000001.checkpoint"), names());
    assertEquals(1, checkpoints(1).newest(Map.of()).orElseThrow().checkpoint().round());
  }

  @Test
  void changedSettings_areNamedWithBothValues() {
    Map<String, String> then = Map.of("seed", "1", "training.epochs", "3", "data.path", "a");
    Map<String, String> now = Map.of("seed", "2", "training.epochs", "5", "network", "x");
    List<String> free = List.of("training.epochs");

    ChangedSettings.requireNone("c", then, then, List.of());
    ChangedSettings.requireNone("c", Map.of("a.b[0]", "1"), Map.of("a.b[0]", "2"), List.of("a"));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ChangedSettings.requireNone("c", then, now, free))
            .getMessage();

    assertTrue(message.contains("seed was 1 and is 2"), message);
    assertTrue(message.contains("data.path was a and is left out"), message);
    assertTrue(message.contains("network was left out and is x"), message);
    assertFalse(message.contains("epochs"), message);
  }

  @Test
  void isDue_byRoundsOrMinutes() {
    CheckpointPlan rounds = CheckpointPlan.everyRounds(10, 2);
    assertTrue(rounds.isDue(20, 0));
    assertFalse(rounds.isDue(21, 1e9));
    CheckpointPlan minutes = new CheckpointPlan(null, 0.5, null);
    assertTrue(minutes.isDue(1, 30));
    assertFalse(minutes.isDue(1, 29));
  }
}
