package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scoring from HDFS to HDFS, a NameNode and a DataNode, compared with local disks. */
class InferHdfsIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String INFER =
      """
      model: ROOT/run
      input:
        csv: {path: ROOT/data, label: kind}
      keep: [_file, _row]
      output: {folder: ROOT/scored, format: json}
      batchSize: 16
      incremental: true
      filesPerBatch: 1
      maxQuarantinedShare: 0.5
      """;

  @TempDir private Path folder;

  /** What a scoring has left: rows in the order of the parts' names, paths without their root. */
  private record Left(List<String> rows, List<String> quarantined, JsonNode summary) {}

  @Test
  void infer_onHdfs_leavesWhatItLeavesOnLocalDisks() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    conf.setInt("dfs.replication", 1);
    try (MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build()) {
      cluster.waitActive();
      FileSystem hdfs = cluster.getFileSystem();
      String root = hdfs.getUri() + "/braid";
      Path training = Tables.write(folder, Tables.JOB);
      assertExits(0, "train", training.toString(), "--output", root + "/run");
      String local = "file:" + Files.createDirectories(folder.resolve("local"));
      var model = new org.apache.hadoop.fs.Path(root + "/run/model.zip");
      hdfs.copyToLocalFile(model, new org.apache.hadoop.fs.Path(local + "/run/model.zip"));

      Left there = score(root, hdfs);
      Left here = score(local, FileSystem.getLocal(conf));
      assertEquals(60, there.rows().size());
      assertEquals(here.rows(), there.rows());
      assertEquals(
          List.of("{\"file\":\"ROOT/data/b.csv\",\"row\":22,\"reason\":\"2 fields, expected 4\"}"),
          there.quarantined());
      assertEquals(here.quarantined(), there.quarantined());
      for (String key : List.of("rows", "totalRows", "totalQuarantined", "modelSha256")) {
        assertEquals(here.summary().get(key), there.summary().get(key), key);
      }
      assertEquals(10, there.summary().get("rows").asInt());
      assertEquals(here.summary().get("accuracy"), there.summary().get("accuracy"));
    }
  }

  /** Two files, and a third later. */
  private Left score(String root, FileSystem files) throws IOException {
    put(files, root + "/data/a.csv", Tables.table(30, 1));
    put(files, root + "/data/b.csv", Tables.table(20, 2) + "1,2\n");
    Path job = Files.writeString(folder.resolve("infer.yaml"), INFER.replace("ROOT", root));
    assertExits(0, "infer", job.toString());
    put(files, root + "/data/c.csv", Tables.table(10, 3));
    assertExits(0, "infer", job.toString());
    return new Left(
        lines(files, root, "/scored/predictions"),
        lines(files, root, "/scored/quarantine"),
        JSON.readTree(text(files, new org.apache.hadoop.fs.Path(root + "/scored/summary.json"))));
  }

  private static void assertExits(int code, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--master", "local[2]"));
    CommandLineRun run = CommandLineRun.braid(all.toArray(String[]::new));
    assertEquals(code, run.exitCode(), run.err());
  }

  private static void put(FileSystem files, String file, String text) throws IOException {
    try (var out = files.create(new org.apache.hadoop.fs.Path(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String text(FileSystem files, org.apache.hadoop.fs.Path file) throws IOException {
    try (var in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> lines(FileSystem files, String root, String folder)
      throws IOException {
    List<org.apache.hadoop.fs.Path> parts = new ArrayList<>();
    for (FileStatus batch : files.listStatus(new org.apache.hadoop.fs.Path(root + folder))) {
      assertTrue(batch.getPath().getName().startsWith("batch="), batch::toString);
      for (FileStatus part : files.listStatus(batch.getPath())) {
        if (part.getPath().getName().startsWith("part-")) {
          parts.add(part.getPath());
        }
      }
    }
    parts.sort(null);
    List<String> lines = new ArrayList<>();
    for (org.apache.hadoop.fs.Path part : parts) {
      text(files, part).lines().forEach(line -> lines.add(line.replace(root, "ROOT")));
    }
    return lines;
  }
}
