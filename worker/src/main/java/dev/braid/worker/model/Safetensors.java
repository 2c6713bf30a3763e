package dev.braid.worker.model;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.state.Segment;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The safetensors format (huggingface.co/docs/safetensors), which PyTorch's and other libraries'
 * users read: eight bytes with the header's length, a JSON header with each tensor's type, shape
 * and place, then the numbers, all little endian. Written and read as a stream, 32-bit floats
 * alone; of any other file the floats of all widths are read, and what is no float is left out.
 *
 * <p>Reading trusts nothing: memory is only taken for tensors the caller expects, and a file whose
 * header and numbers do not fit together is refused with an {@link IllegalArgumentException}.
 */
public final class Safetensors {
  private static final int MAX_HEADER_BYTES = 16 << 20;
  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Safetensors() {}

  /** Where a tensor lies in a file: bytes [begin, end) after the header. */
  private record Entry(String name, String type, List<Long> shape, long begin, long end) {
    int size() {
      return Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
    }
  }

  /** Types whose numbers are floats: how many bytes one takes and how it is read. */
  private enum Floats {
    F16(Short.BYTES) {
      @Override
      float next(ByteBuffer bytes) {
        return Half.toFloat(bytes.getShort());
      }
    },
    BF16(Short.BYTES) {
      @Override
      float next(ByteBuffer bytes) {
        return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
      }
    },
    F32(Float.BYTES) {
      @Override
      float next(ByteBuffer bytes) {
        return bytes.getFloat();
      }
    },
    F64(Double.BYTES) {
      @Override
      float next(ByteBuffer bytes) {
        return (float) bytes.getDouble();
      }
    };

    private final int numBytes;

    Floats(int numBytes) {
      this.numBytes = numBytes;
    }

    /** The next number, rounded to the nearest 32-bit float. */
    abstract float next(ByteBuffer bytes);

    static Optional<Floats> of(String type) {
      return Arrays.stream(values()).filter(floats -> floats.name().equals(type)).findFirst();
    }
  }

  /** Where the caller wants a tensor. */
  private record Place(Tensors vector, Segment segment) {}

  /** Writes all tensors, in the order of their vectors. Does not close the stream. */
  public static void write(OutputStream out, List<Tensors> vectors) throws IOException {
    byte[] header = header(vectors);
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
    for (Tensors vector : vectors) {
      LittleEndian.write(vector.values(), out);
    }
  }

  private static byte[] header(List<Tensors> vectors) throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    long begin = 0;
    for (Tensors vector : vectors) {
      for (Segment segment : vector.segments()) {
        require(
            !root.has(segment.name()) && !segment.name().equals(METADATA),
            "a second tensor cannot be called %s",
            segment.name());
        long end = begin + segment.size() * Float.BYTES;
        ObjectNode entry = root.putObject(segment.name());
        entry.put("dtype", Floats.F32.name());
        ArrayNode shape = entry.putArray("shape");
        segment.shape().forEach(shape::add);
        entry.putArray("data_offsets").add(begin).add(end);
        begin = end;
      }
    }
    byte[] text = JSON.writeValueAsBytes(root);
    // Padded so that the numbers begin at a multiple of eight and can be mapped into memory.
    byte[] header = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(header, text.length, header.length, (byte) ' ');
    return header;
  }

  /**
   * Reads every tensor of {@code vectors} into its place. Names and shapes must be those of the
   * file, none missing and none left over; their order may differ.
   *
   * @throws IllegalArgumentException if the file is damaged or holds other tensors
   */
  public static void read(InputStream in, List<Tensors> vectors) throws IOException {
    Map<String, Place> places = places(vectors);
    List<Entry> entries = readHeader(in);
    requireTheSame(entries, places);
    for (Entry entry : entries) {
      Place place = places.get(entry.name);
      long size = place.segment.size();
      try {
        LittleEndian.read(in, place.vector.values(), place.segment.offset(), size);
      } catch (EOFException e) {
        throw new WrongSettings(
            "the file ends within tensor " + entry.name + "; it has been cut short", e);
      }
    }
    require(in.read() < 0, "the file goes on after its last tensor");
  }

  /**
   * A tensor of any file.
   *
   * @param type as the file calls it, such as F32 or I64
   * @param shape its sizes
   * @param values row after row; null where the type is none of floats
   */
  @SuppressWarnings("ArrayRecordComponent") // read, not compared
  public record Tensor(String type, List<Long> shape, float[] values) {}

  /**
   * All tensors of a file, whatever they are called, in the order of their bytes. Floats of 16 bits
   * are read exactly, those of 64 to the nearest of 32; of other types only name and shape are.
   *
   * @throws IllegalArgumentException if the file is damaged
   */
  public static Map<String, Tensor> readAll(byte[] file) {
    try (InputStream in = new ByteArrayInputStream(file)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Entry entry : readHeader(in)) {
        require(
            (entry.end - entry.begin) <= in.available(),
            "the file ends within tensor %s; it has been cut short",
            entry.name);
        byte[] bytes = in.readNBytes(Math.toIntExact(entry.end - entry.begin));
        tensors.put(entry.name, new Tensor(entry.type, entry.shape, floats(entry, bytes)));
      }
      require(in.read() < 0, "the file goes on after its last tensor");
      return tensors;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static float[] floats(Entry entry, byte[] numbers) {
    Optional<Floats> type = Floats.of(entry.type);
    if (type.isEmpty()) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[entry.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.get().next(bytes);
    }
    return values;
  }

  private static Map<String, Place> places(List<Tensors> vectors) {
    Map<String, Place> places = new LinkedHashMap<>();
    for (Tensors vector : vectors) {
      for (Segment segment : vector.segments()) {
        Place before = places.put(segment.name(), new Place(vector, segment));
        require(before == null, "two tensors are called %s", segment.name());
      }
    }
    return places;
  }

  private static void requireTheSame(List<Entry> entries, Map<String, Place> places) {
    Set<String> missing = new LinkedHashSet<>(places.keySet());
    for (Entry entry : entries) {
      Place place = places.get(entry.name);
      require(
          place != null,
          "tensor %s of the file is none of the network's: %s",
          entry.name,
          places.keySet());
      require(
          entry.type.equals(Floats.F32.name()),
          "tensor %s has the type %s; only F32 can be read",
          entry.name,
          entry.type);
      List<Long> expected = place.segment.shape().stream().map(Integer::longValue).toList();
      require(
          entry.shape.equals(expected),
          "tensor %s has the shape %s in the file, %s in the network",
          entry.name,
          entry.shape,
          expected);
      missing.remove(entry.name);
    }
    require(missing.isEmpty(), "the file lacks the tensors %s", missing);
  }

  /** The entries in the order of their bytes, which they cover without gap or overlap. */
  private static List<Entry> readHeader(InputStream in) throws IOException {
    byte[] prefix = in.readNBytes(Long.BYTES);
    require(
        prefix.length == Long.BYTES, "a file of %d bytes is no safetensors file", prefix.length);
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    require(
        length >= 2 && length <= MAX_HEADER_BYTES,
        "no safetensors file: its header would have %s bytes, at most %d can be",
        Long.toUnsignedString(length),
        MAX_HEADER_BYTES);
    byte[] text = in.readNBytes((int) length);
    require(text.length == length, "the file ends within its header; it has been cut short");
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : parse(text).properties()) {
      if (!field.getKey().equals(METADATA)) {
        entries.add(entry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : entries) {
      require(
          entry.begin == end,
          "tensor %s begins at byte %d, but the one before ends at %d",
          entry.name,
          entry.begin,
          end);
      end = entry.end;
    }
    return entries;
  }

  private static ObjectNode parse(byte[] text) {
    try {
      JsonNode root = JSON.readTree(text);
      require(root instanceof ObjectNode, "the header is no JSON object");
      return (ObjectNode) root;
    } catch (JsonProcessingException e) {
      throw new WrongSettings("the header is no valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static Entry entry(String name, JsonNode node) {
    String type = node.path("dtype").asText();
    List<Long> shape = numbers(name, node.path("shape"));
    List<Long> offsets = numbers(name, node.path("data_offsets"));
    require(offsets.size() == 2, "tensor %s has %d data_offsets, not 2", name, offsets.size());
    Entry entry = new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    long numBytes = numBytes(entry);
    require(
        numBytes == entry.end - entry.begin,
        "tensor %s of shape %s cannot lie in bytes %d to %d",
        name,
        shape,
        entry.begin,
        entry.end);
    return entry;
  }

  /** What a tensor of floats takes; what the file says it does, where the type is another. */
  private static long numBytes(Entry entry) {
    Optional<Floats> type = Floats.of(entry.type);
    if (type.isEmpty()) {
      return Math.max(0, entry.end - entry.begin);
    }
    try {
      return entry.shape.stream().reduce((long) type.get().numBytes, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new WrongSettings(
          "tensor %s of shape %s is too large".formatted(entry.name, entry.shape), e);
    }
  }

  private static List<Long> numbers(String name, JsonNode node) {
    List<Long> numbers = new ArrayList<>();
    require(node.isArray(), "tensor %s lacks its shape or its data_offsets", name);
    for (JsonNode number : node) {
      require(
          number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0,
          "tensor %s: %s is no size",
          name,
          number);
      numbers.add(number.longValue());
    }
    return numbers;
  }
}
