package dev.braid.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.files.AtomicWrite;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On HDFS, whose plain rename replaces nothing, files replace one another in one step too. */
class AtomicWriteHdfsIT {
  @TempDir private java.nio.file.Path folder;

  @Test
  void file_onHdfs_isThereAtEveryMoment() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    conf.setInt("dfs.replication", 1);
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      cluster.waitActive();
      FileSystem hdfs = cluster.getFileSystem();
      Path file = new Path(hdfs.getUri() + "/run/summary.json");
      write(file, conf, "0");
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1; i <= 50; i++) {
                  write(file, conf, "" + i);
                }
              });
      int looks = 0;
      while (!writing.isDone()) {
        assertTrue(hdfs.exists(file));
        looks++;
      }
      writing.join();
      assertTrue(looks > 50, looks + " looks");
      try (var in = hdfs.open(file)) {
        assertEquals("50", new String(in.readAllBytes(), UTF_8));
      }
      assertEquals(1, hdfs.listStatus(file.getParent()).length);

      AtomicWrite.folder(new Path(file.getParent(), "rows"), conf, hdfs::mkdirs);
      AtomicWrite.folder(new Path(file.getParent(), "rows"), conf, hdfs::mkdirs);
      assertThrows(
          IOException.class,
          () -> AtomicWrite.place(hdfs, file, new Path(file.getParent(), "rows")));
      assertEquals(2, hdfs.listStatus(file.getParent()).length);
    }
  }

  private static void write(Path file, Configuration conf, String text) {
    try {
      AtomicWrite.file(file, conf, out -> out.write(text.getBytes(UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
