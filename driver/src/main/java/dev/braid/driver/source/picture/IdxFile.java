package dev.braid.driver.source.picture;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.example.Inspection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.IdxHeader;
import dev.braid.worker.format.IdxStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;

/** An IDX file that is looked at before Spark reads it. */
public record IdxFile(FileStatus file) {

  public String name() {
    return file.getPath().toString();
  }

  /**
   * The header, when the file is as long as it says.
   *
   * @throws IllegalArgumentException if it is longer or shorter, or no IDX file
   */
  public IdxHeader inspect(Inspection inspection) {
    try (IdxStream stream = open(inspection)) {
      IdxHeader header = stream.header();
      if (inspection.skipsBroken()) {
        return header; // what is missing will be a broken row
      }
      if (!stream.isPacked()) {
        require(
            file.getLen() == header.numBytes(),
            "%s is %d bytes long; its header says %s, which is %d bytes",
            name(),
            file.getLen(),
            header,
            header.numBytes());
      } else if (unpackedBytes(inspection) != (int) header.numBytes()) {
        stream.requireEnd();
      }
      return header;
    } catch (IOException e) {
      throw FileContent.unreadable(name(), e);
    }
  }

  /** What the file says of itself. */
  public IdxHeader header(Inspection inspection) {
    try (IdxStream stream = open(inspection)) {
      return stream.header();
    } catch (IOException e) {
      throw FileContent.unreadable(name(), e);
    }
  }

  /** How often each value occurs, as text. */
  public Map<String, Long> counts(Inspection inspection) {
    Map<Integer, Long> values = new HashMap<>();
    try (IdxStream stream = open(inspection)) {
      byte[] example = new byte[stream.exampleBytes()];
      while (stream.numRead() < stream.header().count()) {
        stream.read(example);
        for (ByteBuffer left = ByteBuffer.wrap(example); left.hasRemaining(); ) {
          values.merge((int) stream.header().type().read(left), 1L, Long::sum);
        }
      }
    } catch (WrongSettings e) {
      if (!inspection.skipsBroken()) {
        throw e;
      }
    } catch (IOException e) {
      throw FileContent.unreadable(name(), e);
    }
    Map<String, Long> counts = new HashMap<>();
    values.forEach((value, count) -> counts.put(String.valueOf(value), count));
    return counts;
  }

  private IdxStream open(Inspection inspection) throws IOException {
    return IdxRows.stream(name(), inspection.hadoop());
  }

  private FSDataInputStream raw(Inspection inspection) throws IOException {
    return file.getPath().getFileSystem(inspection.hadoop()).open(file.getPath());
  }

  /** What the end of a gzip file says of the length of its content, modulo 2^32. */
  private int unpackedBytes(Inspection inspection) throws IOException {
    byte[] end = new byte[Integer.BYTES];
    try (FSDataInputStream in = raw(inspection)) {
      in.readFully(Math.max(0, file.getLen() - end.length), end);
    }
    return Integer.reverseBytes(ByteBuffer.wrap(end).getInt());
  }
}
