package dev.braid.driver.source;

import dev.braid.driver.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Labelled rows in files of each format, some of them broken: 40 of two classes, in turns, of which
 * the second and the last may be broken.
 */
enum SampleFiles {
  CSV("csv") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return lines(folder, "x,z,y\n", i -> i + ",0.5," + label(i), broken ? "1,two,a" : null);
    }
  },
  JSON("json") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return lines(
          folder,
          "",
          i -> "{\"x\": %d, \"z\": [0.5, 2], \"y\": \"%s\"}".formatted(i, label(i)),
          broken ? "{\"x\": 1" : null);
    }
  },
  PARQUET("parquet") {
    @Override
    Path write(Path folder, boolean broken) {
      StructType columns =
          new StructType()
              .add("x", DataTypes.DoubleType)
              .add("z", DataTypes.createArrayType(DataTypes.FloatType))
              .add("y", DataTypes.StringType);
      List<Row> rows =
          IntStream.range(0, ROWS)
              .mapToObj(
                  i ->
                      RowFactory.create(
                          broken && isBroken(i) ? null : (double) i,
                          new float[] {0.5f, i},
                          label(i)))
              .toList();
      Path table = folder.resolve("table");
      LocalSpark.session()
          .createDataFrame(rows, columns)
          .coalesce(1)
          .write()
          .parquet(table.toString());
      return table;
    }
  },
  LIBSVM("libsvm") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return lines(folder, "", i -> i % 2 + " 1:%d 3:0.5".formatted(i), broken ? "1 1:x" : null);
    }
  },
  IDX("idx") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      byte[] labels = new byte[ROWS];
      byte[] images = new byte[6 * ROWS];
      for (int i = 0; i < images.length; i++) {
        images[i] = (byte) (5 * i);
        labels[i / 6] = (byte) (i / 6 % 2);
      }
      IdxFiles.write(folder.resolve("labels"), labels, ROWS);
      byte[] some = broken ? Arrays.copyOf(images, images.length - 3) : images;
      return IdxFiles.write(folder.resolve("images"), some, ROWS, 2, 3);
    }

    @Override
    Source learned(Path path) {
      String labels = path.resolveSibling("labels").toString();
      return Sources.of("idx", "images", path.toString(), "labels", labels);
    }

    @Override
    Source applied(Path path) {
      return learned(path);
    }

    @Override
    int numBroken() {
      return 1;
    }
  },
  IMAGES("images") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return unpacked(folder.resolve("pictures"), pictures(broken));
    }
  },
  ZIP("images") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return zipped(folder.resolve("pictures.zip"), pictures(broken));
    }
  },
  TEXT("text") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      return lines(
          folder,
          "",
          i -> label(i) + "\tword" + letter(i) + " of " + "many ".repeat(i % 5),
          broken ? "no label" : null);
    }

    @Override
    Source learned(Path path) {
      return Sources.text(path, "length", 4, "maxWords", 6);
    }

    @Override
    Source applied(Path path) {
      return Sources.text(path, "separator", "\t");
    }
  },
  TEXT_FILES("text") {
    @Override
    Path write(Path folder, boolean broken) throws IOException {
      Map<String, byte[]> files = new TreeMap<>();
      for (int i = 0; i < ROWS; i++) {
        String text = "word%s\nof %s".formatted(letter(i), "many ".repeat(i % 5));
        byte[] bytes = {(byte) 0xC3, 'a'};
        files.put(
            "%s/%02d.txt".formatted(label(i), i),
            broken && isBroken(i) ? bytes : text.getBytes(StandardCharsets.UTF_8));
      }
      return unpacked(folder.resolve("texts"), files);
    }

    @Override
    Source learned(Path path) {
      return Sources.text(path, "texts", "files", "labelFromFolder", true, "length", 4);
    }

    @Override
    Source applied(Path path) {
      return Sources.text(path, "texts", "files", "labelFromFolder", true);
    }
  };

  static final int ROWS = 40;

  private final String format;

  SampleFiles(String format) {
    this.format = format;
  }

  /** Writes the rows into a folder that is empty; returns their path. */
  abstract Path write(Path folder, boolean broken) throws IOException;

  /** Settings to learn from them. */
  Source learned(Path path) {
    boolean named = !List.of("images", "libsvm").contains(format);
    return Sources.of(format, "path", path.toString(), "label", named ? List.of("y") : null);
  }

  /** Settings to apply a model to them, with their labels. */
  Source applied(Path path) {
    return format.equals("images")
        ? Sources.of(format, "path", path.toString(), "labelFromFolder", true)
        : learned(path);
  }

  int numBroken() {
    return 2;
  }

  private static boolean isBroken(int row) {
    return row == 1 || row == ROWS - 1;
  }

  private static char letter(int row) {
    return (char) ('a' + row % 7);
  }

  private static String label(int row) {
    return row % 2 == 0 ? "a" : "b";
  }

  private interface Line {
    String of(int number);
  }

  private static Path lines(Path folder, String header, Line row, String broken)
      throws IOException {
    String lines =
        IntStream.range(0, ROWS)
            .mapToObj(i -> broken != null && isBroken(i) ? broken : row.of(i))
            .collect(Collectors.joining("\n", header, "\n"));
    return Files.writeString(folder.resolve("rows.txt"), lines);
  }

  /** Pictures of 2 x 2 by their names. */
  static Map<String, byte[]> pictures(boolean broken) {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < ROWS; i++) {
      String picture =
          broken && isBroken(i) ? "P2 2 2" : "P2 2 2 255 %d 1 %d 3".formatted(i, 5 * i);
      files.put(
          "%s/deep/%02d.pgm".formatted(label(i), i), picture.getBytes(StandardCharsets.UTF_8));
    }
    return files;
  }

  static Path unpacked(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  static Path zipped(Path path, Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
      }
    }
    return Files.write(path, bytes.toByteArray());
  }

  static Path tarred(Path path, Map<String, byte[]> files) throws IOException {
    OutputStream raw = Files.newOutputStream(path);
    boolean packed = !path.toString().endsWith(".tar");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(packed ? new GZIPOutputStream(raw) : raw)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return path;
  }
}
