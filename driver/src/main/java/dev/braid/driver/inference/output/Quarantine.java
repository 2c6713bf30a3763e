package dev.braid.driver.inference.output;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.driver.source.row.Placed;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where a task writes the rows it could not score: a line of JSON each, file, row and reason; one
 * for a file as a whole, whose row is 0, says how many rows those are. The file is made when there
 * is a first one, under a name no other attempt of the task has.
 */
public final class Quarantine implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final String folder;
  private final String name;
  private final Configuration hadoop;
  private OutputStream out;

  public Quarantine(String folder, String name, Configuration hadoop) {
    this.folder = folder;
    this.name = name;
    this.hadoop = hadoop;
  }

  public void add(Placed<?> placed, String reason) {
    try {
      if (out == null) {
        Path path = new Path(folder, name);
        FileSystem files = path.getFileSystem(hadoop);
        out = files.create(path, true);
      }
      ObjectNode line = JSON.createObjectNode().put("file", placed.file());
      line.put("row", placed.row());
      if (placed.numRows() > 1) {
        line.put("rows", placed.numRows());
      }
      out.write(JSON.writeValueAsBytes(line.put("reason", reason)));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("the quarantine " + folder + " cannot be written", e);
    }
  }

  /** The file's name; null when nothing was written. */
  public String written() {
    return out == null ? null : name;
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the quarantine " + folder + " cannot be written", e);
    }
  }
}
