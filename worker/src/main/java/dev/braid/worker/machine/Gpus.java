package dev.braid.worker.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The graphics processors of a machine. Braid computes on processors alone and says so. */
public final class Gpus {
  /** Where Linux has a file for each of NVIDIA's. */
  private static final Path DEVICES = Path.of("/dev");

  private Gpus() {}

  /** How many this machine lets us see. */
  public static int here() {
    return in(DEVICES);
  }

  /** How many files of GPUs a folder of devices has. */
  static int in(Path devices) {
    int count = 0;
    if (Files.isDirectory(devices)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(devices, "nvidia[0-9]*")) {
        for (Path file : files) {
          count += file.getFileName().toString().matches("nvidia[0-9]+") ? 1 : 0;
        }
      } catch (IOException e) {
        return count; // a folder that may not be read holds nothing for us
      }
    }
    return count;
  }

  /** What is said where there are some: that they do nothing. */
  public static String unused(int gpus) {
    return "%d %s not used: Braid computes on processors"
        .formatted(gpus, gpus == 1 ? "GPU is" : "GPUs are");
  }
}
