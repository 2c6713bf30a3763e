package dev.braid.driver.checkpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Who holds a folder.
 *
 * @param run what it is called
 * @param user who started it
 * @param host where it runs
 * @param process its number there
 * @param processStart when that process began: numbers are used again
 * @param since when it took the folder
 */
record LockOwner(
    String run, String user, String host, long process, String processStart, String since) {

  /** This process. */
  static LockOwner here(String run) {
    ProcessHandle self = ProcessHandle.current();
    return new LockOwner(
        run,
        System.getProperty("user.name"),
        hostName(),
        self.pid(),
        start(self),
        "" + Instant.now());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  /** Whether it ran on this machine and does no longer. */
  boolean isGone() {
    return host.equals(hostName())
        && ProcessHandle.of(process)
            .filter(found -> found.isAlive() && start(found).equals(processStart))
            .filter(found -> !isZombie(found.pid()))
            .isEmpty();
  }

  /** Whether a process has ended, but its parent has not asked for its exit code. */
  private static boolean isZombie(long process) {
    try {
      return Files.readString(Path.of("/proc/" + process + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false; // not on Linux
    }
  }

  /** {@code 'train mnist' of anna on host worker-3, process 4711, since 2 h 5 min}. */
  String sentence() {
    Duration age = Duration.between(Instant.parse(since), Instant.now());
    String time =
        age.toHours() > 0
            ? "%d h %d min".formatted(age.toHours(), age.toMinutesPart())
            : age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    return "'%s' of %s on host %s, process %d, since %s".formatted(run, user, host, process, time);
  }
}
