package dev.braid.driver.inference.output;

import dev.braid.driver.files.AtomicWrite;
import dev.braid.driver.inference.output.OutputSettings.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;

/**
 * The files that the tasks of a batch have written, one each, joined to files of moderate size: a
 * batch of a few small inputs is one file. Rows stay in their order, and bytes as they are.
 */
public final class PartFiles {
  /** Joined files are no larger, unless a task's file was. */
  private static final long MAX_BYTES = 64 << 20;

  private PartFiles() {}

  /** Joins the files of a folder that nobody else writes to any more. */
  static void join(FileSystem files, Path folder, Format format) throws IOException {
    for (List<FileStatus> group : groups(parts(files, folder), MAX_BYTES)) {
      if (group.size() > 1) {
        List<Path> parts = group.stream().map(FileStatus::getPath).toList();
        Path joined = new Path(folder, "." + parts.get(0).getName());
        switch (format) {
          case PARQUET -> joinParquet(parts, joined, files.getConf());
          case CSV -> joinText(files, parts, joined, true);
          case JSON -> joinText(files, parts, joined, false);
        }
        for (Path part : parts) {
          files.delete(part, false);
        }
        AtomicWrite.place(files, joined, parts.get(0));
      }
    }
  }

  private static List<FileStatus> parts(FileSystem files, Path folder) throws IOException {
    return Arrays.stream(files.listStatus(folder))
        .filter(file -> file.getPath().getName().startsWith("part-"))
        .sorted(Comparator.comparing(file -> file.getPath().getName()))
        .toList();
  }

  /** Neighbours that are together no larger than so many bytes. */
  static List<List<FileStatus>> groups(List<FileStatus> files, long maxBytes) {
    List<List<FileStatus>> groups = new ArrayList<>();
    long bytes = 0;
    for (FileStatus file : files) {
      if (groups.isEmpty() || bytes + file.getLen() > maxBytes) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.get(groups.size() - 1).add(file);
      bytes += file.getLen();
    }
    return groups;
  }

  private static void joinParquet(List<Path> parts, Path joined, Configuration hadoop)
      throws IOException {
    FileMetaData first;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(parts.get(0), hadoop))) {
      first = reader.getFileMetaData();
    }
    ParquetFileWriter writer =
        new ParquetFileWriter(
            HadoopOutputFile.fromPath(joined, hadoop),
            first.getSchema(),
            ParquetFileWriter.Mode.OVERWRITE,
            MAX_BYTES,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_STATISTICS_TRUNCATE_LENGTH,
            ParquetProperties.DEFAULT_PAGE_WRITE_CHECKSUM_ENABLED);
    writer.start();
    for (Path part : parts) {
      writer.appendFile(HadoopInputFile.fromPath(part, hadoop));
    }
    writer.end(first.getKeyValueMetaData());
  }

  private static void joinText(FileSystem files, List<Path> parts, Path joined, boolean header)
      throws IOException {
    try (OutputStream out = files.create(joined, true)) {
      boolean begun = false;
      for (Path part : parts) {
        try (InputStream in = files.open(part)) {
          byte[] head = header ? firstLine(in) : new byte[0];
          if (!begun) {
            out.write(head);
          }
          begun = begun || head.length > 0;
          in.transferTo(out);
        }
      }
    }
  }

  /** With its end; names of columns have no line breaks. */
  private static byte[] firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      line.write(c);
      if (c == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }
}
