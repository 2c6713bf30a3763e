package dev.braid.driver.checkpoint;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local disk, on which only so many bytes of each file find room. */
public final class SmallDisk extends RawLocalFileSystem {
  static final String ROOM = "small.room";

  @Override
  public URI getUri() {
    return URI.create("small:///");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream disk = super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Limited(disk, getConf().getLong(ROOM, 0)), null);
  }

  private static final class Limited extends FilterOutputStream {
    private long room;

    Limited(OutputStream out, long room) {
      super(out);
      this.room = room;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, (int) Math.min(room, length));
      if (length > room) {
        room = 0;
        throw new IOException("No space left on device");
      }
      room -= length;
    }
  }
}
