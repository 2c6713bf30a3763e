package dev.braid.driver.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicWriteTest {
  @TempDir private Path folder;
  private Configuration hadoop;

  @BeforeEach
  void configure() {
    hadoop = new Configuration();
    hadoop.set("fs.other.impl", OtherFileSystem.class.getName());
    hadoop.set("fs.refusing.impl", RefusingFileSystem.class.getName());
  }

  /** A file system that is no local disk to Hadoop, and whose rename replaces nothing. */
  public static class OtherFileSystem extends FilterFileSystem {
    public OtherFileSystem() {
      super(
          new RawLocalFileSystem() {
            @Override
            protected void checkPath(org.apache.hadoop.fs.Path path) {}
          });
    }

    @Override
    public void initialize(URI uri, Configuration hadoop) throws IOException {
      super.initialize(URI.create("file:///"), hadoop);
    }

    @Override
    public URI getUri() {
      return URI.create("other:///");
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return !exists(to) && super.rename(from, to);
    }
  }

  /** A file system that says no to every rename, as HDFS does where a quota is reached. */
  public static final class RefusingFileSystem extends OtherFileSystem {
    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) {
      return false;
    }
  }

  private org.apache.hadoop.fs.Path target(String scheme) {
    return new org.apache.hadoop.fs.Path(scheme + folder + "/file");
  }

  private void write(String scheme, String text) throws IOException {
    AtomicWrite.file(target(scheme), hadoop, out -> out.write(text.getBytes(UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file://", "other://"})
  void file_replacesWhatIsThere_andLeavesNothingElse(String scheme) throws IOException {
    write(scheme, "a long first text");
    write(scheme, "second");
    assertEquals("second", Files.readString(folder.resolve("file")));
    assertEquals(List.of("file"), names());
  }

  @Test
  void file_overOneWithAChecksum_isReadWithoutComplaint() throws IOException {
    FileSystem checked = FileSystem.getLocal(hadoop);
    try (var out = checked.create(target(""))) {
      out.writeBytes("with a checksum beside it");
    }
    assertEquals(List.of(".file.crc", "file"), names());
    write("", "new");
    try (var in = checked.open(target(""))) {
      assertEquals("new", new String(in.readAllBytes(), UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "other://"})
  void file_whoseWriterFails_leavesTheOldOneWhole(String scheme) throws IOException {
    write(scheme, "old");
    IOException failed =
        assertThrows(
            IOException.class,
            () ->
                AtomicWrite.file(
                    target(scheme),
                    hadoop,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("no space left");
                    }));
    assertEquals("no space left", failed.getMessage());
    assertEquals("old", Files.readString(folder.resolve("file")));
    assertEquals(List.of("file"), names());
  }

  @Test
  void file_whoseRenameIsRefused_saysSo() throws IOException {
    IOException refused = assertThrows(IOException.class, () -> write("refusing://", "new"));
    assertTrue(refused.getMessage().startsWith("cannot rename"), refused.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void file_whoseNameIsAFolders_saysSo() throws IOException {
    Files.createFile(Files.createDirectory(folder.resolve("file")).resolve("inside"));
    assertThrows(IOException.class, () -> write("", "new"));
    assertEquals(List.of("file"), names());
  }

  @Test
  void file_isNeverSeenInPart_whenSeveralWriteIt() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(4);
    byte[][] contents = new byte[4][];
    for (int i = 0; i < 4; i++) {
      contents[i] = new byte[20_000 + i];
      new Random(i).nextBytes(contents[i]);
    }
    write("", "");
    Files.write(folder.resolve("file"), contents[0]);
    List<Future<?>> work = new ArrayList<>();
    for (byte[] content : contents) {
      work.add(
          writers.submit(
              () -> {
                for (int time = 0; time < 200; time++) {
                  AtomicWrite.file(target(""), hadoop, out -> out.write(content));
                }
                return null;
              }));
    }
    writers.shutdown();
    int looks = 0;
    while (!writers.isTerminated() || looks == 0) {
      byte[] seen = Files.readAllBytes(folder.resolve("file"));
      assertTrue(
          Arrays.stream(contents).anyMatch(content -> Arrays.equals(content, seen)),
          seen.length + " bytes");
      looks++;
    }
    for (Future<?> writer : work) {
      writer.get();
    }
    assertEquals(List.of("file"), names());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "other://"})
  void folder_replacesTheOneThatIsThere(String scheme) throws IOException {
    for (String name : List.of("one", "two")) {
      AtomicWrite.folder(
          target(scheme),
          hadoop,
          to ->
              Files.createFile(Files.createDirectory(Path.of(to.toUri().getPath())).resolve(name)));
    }
    assertTrue(Files.exists(folder.resolve("file/two")));
    assertTrue(Files.notExists(folder.resolve("file/one")));
    assertEquals(List.of("file"), names());
  }

  @Test
  void folder_whoseWriterFails_leavesTheOldOneWhole() throws IOException {
    Files.createFile(Files.createDirectory(folder.resolve("file")).resolve("old"));
    assertThrows(
        IOException.class,
        () ->
            AtomicWrite.folder(
                target(""),
                hadoop,
                to -> {
                  Files.createDirectory(Path.of(to.toUri().getPath()));
                  throw new IOException("no space left");
                }));
    assertTrue(Files.exists(folder.resolve("file/old")));
    assertEquals(List.of("file"), names());
  }

  @Test
  void folder_whoseRenameIsRefused_saysSo() {
    assertThrows(
        IOException.class,
        () ->
            AtomicWrite.folder(
                target("refusing://"),
                hadoop,
                to -> Files.createDirectory(Path.of(to.toUri().getPath()))));
  }

  @Test
  void place_whereAFolderIs_isRefused_insteadOfPutInside() throws IOException {
    Files.createDirectory(folder.resolve("file"));
    Files.createDirectory(folder.resolve("aside"));
    FileSystem files = FileSystem.getLocal(hadoop);
    org.apache.hadoop.fs.Path aside = new org.apache.hadoop.fs.Path(folder + "/aside");
    assertThrows(IOException.class, () -> AtomicWrite.place(files, aside, target("")));
    assertEquals(List.of("aside", "file"), names());
  }

  @Test
  void clear_removesWhatKilledWritersLeft_andNothingElse() throws IOException {
    write("", "kept");
    Files.createFile(folder.resolve(".lock"));
    Files.createFile(folder.resolve(".file.3f0c9a52-5a3e-4c77-9d3b-0a6f3f1d2c4e"));
    Files.createDirectory(folder.resolve(".rows.1b0c9a52-5a3e-4c77-9d3b-0a6f3f1d2c4e"));
    AtomicWrite.clear(new org.apache.hadoop.fs.Path(folder.toString()), hadoop);
    assertEquals(List.of(".lock", "file"), names());
    AtomicWrite.clear(new org.apache.hadoop.fs.Path(folder + "/none"), hadoop);
  }
}
