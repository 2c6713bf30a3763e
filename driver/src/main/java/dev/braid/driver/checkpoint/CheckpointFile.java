package dev.braid.driver.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.braid.driver.wire.Chunk;
import dev.braid.driver.wire.StateBytes;
import dev.braid.driver.wire.WireFormat;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A checkpoint as a file: magic {@code BRCP}, version and the checksum of the two, then sections of
 * bytes, each with its length before and its checksum (CRC-32C) behind it: first a header in JSON,
 * then the pieces of the states (see {@link StateBytes}), last an empty one. Numbers are big
 * endian. Written and read piece by piece: a state of any size needs 64 MiB on top of itself.
 */
final class CheckpointFile {
  static final int VERSION = 1;

  private static final int MAGIC = 0x42524350;
  private static final int MAX_SECTION_BYTES = 1 << 27;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private CheckpointFile() {}

  /** What a state is made of. */
  private record Sizes(String name, long params, long statistics, int slots, long slotSize) {
    static Sizes of(String name, State state) {
      long slotSize = state.slots().isEmpty() ? 0 : state.slots().get(0).size();
      return new Sizes(
          name, state.params().size(), state.statistics().size(), state.slots().size(), slotSize);
    }

    boolean fits(State state) {
      return equals(of(name, state));
    }

    State zeros() {
      List<Blocks> all = new ArrayList<>();
      for (int i = 0; i < slots; i++) {
        all.add(Blocks.zeros(slotSize));
      }
      return new State(Blocks.zeros(params), all, Blocks.zeros(statistics));
    }
  }

  private record Header(
      int round, Map<String, String> settings, String progress, List<Sizes> states) {}

  /** Writes the checkpoint; the caller closes the stream. */
  static void write(OutputStream stream, Checkpoint checkpoint) throws IOException {
    List<Sizes> sizes = new ArrayList<>();
    checkpoint.states().forEach((name, state) -> sizes.add(Sizes.of(name, state)));
    Map<String, String> settings = new TreeMap<>(checkpoint.settings());
    Header header = new Header(checkpoint.round(), settings, checkpoint.progress(), sizes);
    DataOutputStream out = new DataOutputStream(stream);
    out.write(prefix(VERSION));
    writeSection(out, JSON.writeValueAsBytes(header));
    for (State state : checkpoint.states().values()) {
      for (Chunk chunk : Chunk.of(state, StateBytes.PIECE_SIZE)) {
        writeSection(out, StateBytes.encode(state, chunk, WireFormat.FLOAT32));
      }
    }
    writeSection(out, new byte[0]);
    out.flush();
  }

  /**
   * Reads a checkpoint.
   *
   * @param room where states of these names go if their sizes fit
   * @throws NewerVersion when this Braid cannot know how
   * @throws IOException saying what is wrong when the file is damaged or cannot be read
   */
  static Checkpoint read(InputStream stream, Map<String, State> room) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    if (in.readInt() != MAGIC) {
      throw new IOException("it is not a checkpoint");
    }
    int version = in.readInt();
    if (in.readInt() != checksum(versionBytes(version))) {
      throw new IOException("its checksum does not fit");
    }
    if (version > VERSION) {
      throw new NewerVersion(version, VERSION);
    }
    Header header = header(readSection(in));
    Map<String, State> states = new LinkedHashMap<>();
    for (Sizes sizes : header.states()) {
      State given = room.get(sizes.name());
      State state = given != null && sizes.fits(given) ? given : sizes.zeros();
      for (Chunk chunk : Chunk.of(state, StateBytes.PIECE_SIZE)) {
        readState(readSection(in), chunk, state);
      }
      states.put(sizes.name(), state);
    }
    if (readSection(in).length != 0) {
      throw new IOException("it goes on where it should end");
    }
    return new Checkpoint(header.round(), header.settings(), header.progress(), states);
  }

  private static Header header(byte[] json) throws IOException {
    try {
      return JSON.readValue(json, Header.class);
    } catch (JsonProcessingException e) {
      throw new IOException("its header cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private static void readState(byte[] piece, Chunk chunk, State state) throws IOException {
    try {
      StateBytes.decode(piece, chunk, state);
    } catch (WrongSettings e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void writeSection(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
    out.writeInt(checksum(bytes));
  }

  private static byte[] readSection(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_SECTION_BYTES) {
      throw new IOException("a section of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException(
          "it ends after %d of a section's %d bytes".formatted(bytes.length, length));
    }
    if (in.readInt() != checksum(bytes)) {
      throw new IOException("its checksum does not fit");
    }
    return bytes;
  }

  /** What every version of the format begins with. */
  static byte[] prefix(int version) {
    return ByteBuffer.allocate(3 * Integer.BYTES)
        .put(versionBytes(version))
        .putInt(checksum(versionBytes(version)))
        .array();
  }

  private static byte[] versionBytes(int version) {
    return ByteBuffer.allocate(2 * Integer.BYTES).putInt(MAGIC).putInt(version).array();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) ~crc.getValue(); // inverted: zeros, as a torn write may leave them, do not fit
  }
}
