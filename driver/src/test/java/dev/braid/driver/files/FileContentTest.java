package dev.braid.driver.files;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentTest {
  @TempDir private Path folder;

  /** Hadoop has its codec, but not the native library that this needs. */
  @Test
  void open_zstd_saysTheWayOut() throws IOException {
    Path packed = Files.write(folder.resolve("a.csv.zst"), new byte[] {0x28, (byte) 0xB5, 0x2F});
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(packed.toString());
    String message =
        assertThrows(WrongSettings.class, () -> FileContent.open(path, new Configuration()))
            .getMessage();
    assertTrue(message.startsWith(packed + " cannot be unpacked: "), message);
    assertTrue(message.endsWith("; unpack it, or pack it with gzip or bzip2"), message);
  }
}
