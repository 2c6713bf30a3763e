package dev.braid.worker.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpusTest {
  @Test
  void gpus_areTheNumberedDevices(@TempDir Path devices) throws IOException {
    assertEquals(0, Gpus.in(devices));
    for (String name : List.of("nvidia0", "nvidia11", "nvidiactl", "nvidia-uvm", "null")) {
      Files.createFile(devices.resolve(name));
    }
    assertEquals(2, Gpus.in(devices));
    assertEquals(0, Gpus.in(devices.resolve("nowhere")));
  }

  @Test
  void unused_saysThatTheyDoNothing() {
    assertEquals("1 GPU is not used: Braid computes on processors", Gpus.unused(1));
    assertEquals("2 GPUs are not used: Braid computes on processors", Gpus.unused(2));
  }
}
