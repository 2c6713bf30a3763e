package dev.braid.jobs;

import dev.braid.worker.WrongSettings;
import java.io.FileNotFoundException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;

/** What a process says at its end, by the kind of exception that ended it. */
final class ExitCode {
  /** The run failed: try again, or look at the machines. */
  static final int FAILED = 1;

  /** The settings are wrong: change them. */
  static final int WRONG_SETTINGS = 2;

  /** A file system that cannot be reached or does not let us in, and files that have vanished. */
  private static final List<Class<? extends Exception>> ENVIRONMENT =
      List.of(
          SocketException.class,
          UnknownHostException.class,
          InterruptedIOException.class,
          RemoteException.class,
          AccessControlException.class,
          AccessDeniedException.class,
          FileNotFoundException.class);

  private ExitCode() {}

  /** The settings are wrong only when Braid says so, and where the environment is not the cause. */
  static int of(Throwable e) {
    return e instanceof WrongSettings && !isOfEnvironment(e) ? WRONG_SETTINGS : FAILED;
  }

  private static boolean isOfEnvironment(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (isAny(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAny(Throwable cause) {
    return ENVIRONMENT.stream().anyMatch(kind -> kind.isInstance(cause));
  }
}
