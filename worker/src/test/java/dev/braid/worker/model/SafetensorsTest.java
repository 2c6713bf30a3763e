package dev.braid.worker.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.Segment.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  private static final List<Segment> PARAMS =
      List.of(
          new Segment("conv1.weight", List.of(2, 1, 2, 2), 0, Role.WEIGHT),
          new Segment("conv1.bias", List.of(2), 8, Role.BIAS),
          new Segment("scale", List.of(), 10, Role.BIAS),
          new Segment("empty", List.of(0, 3), 11, Role.WEIGHT),
          new Segment("größe \"1\"", List.of(1, 3), 11, Role.WEIGHT));
  private static final List<Segment> STATISTICS =
      List.of(new Segment("norm.mean", List.of(2), 0, Role.MEAN));

  private static List<Tensors> example() {
    Blocks params =
        Blocks.copyOf(
            1,
            -0.0f,
            0.1f,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            -1e-20f,
            3,
            4,
            5,
            6,
            7,
            0.333f,
            -2.5f,
            1e10f);
    return List.of(
        new Tensors(PARAMS, params), new Tensors(STATISTICS, Blocks.copyOf(0.5f, -0.25f)));
  }

  private static List<Tensors> blank() {
    return List.of(new Tensors(PARAMS, Blocks.zeros(14)), new Tensors(STATISTICS, Blocks.zeros(2)));
  }

  private static byte[] written(List<Tensors> vectors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, vectors);
    return out.toByteArray();
  }

  private static void read(byte[] file, List<Tensors> vectors) throws IOException {
    Safetensors.read(new ByteArrayInputStream(file), vectors);
  }

  /** A file of this header and so many bytes of numbers. */
  private static byte[] file(String header, int numBytes) {
    byte[] text = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length + numBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  @Test
  void read_givesBackEveryBit() throws IOException {
    List<Tensors> vectors = blank();
    read(written(example()), vectors);
    assertEquals(example(), vectors);
  }

  @Test
  void written_isReadAlike_byAnIndependentReader(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("weights.safetensors");
    Files.write(file, written(example()));
    JsonNode tensors = IndependentReader.read(file);
    for (Tensors vector : example()) {
      IndependentReader.assertSame(vector, tensors);
    }
    assertEquals(PARAMS.size() + STATISTICS.size(), tensors.size());
  }

  @Test
  void written_hasItsNumbersAtAMultipleOfEight_andThoseAreWhatIsHashed() throws Exception {
    byte[] file = written(example());
    long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
    byte[] numbers = Arrays.copyOfRange(file, 8 + (int) header, file.length);
    byte[] sha256 = java.security.MessageDigest.getInstance("SHA-256").digest(numbers);
    assertEquals(
        java.util.HexFormat.of().formatHex(sha256),
        ModelSha256.of(example().get(0).values(), example().get(1).values()));
  }

  @Test
  void sha256_isThatOfTheLittleEndianBytes() {
    // printf '\000\000\200\077\000\000\000\300' | sha256sum    that is: 1 and -2
    String expected = "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b";
    assertEquals(expected, ModelSha256.of(Blocks.copyOf(1, -2), Blocks.zeros(0)));
    assertEquals(expected, ModelSha256.of(Blocks.copyOf(1), Blocks.copyOf(-2)));
  }

  @Test
  void read_takesTensorsInAnotherOrder_andMetadata() throws IOException {
    String header =
        "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}   ";
    byte[] file = file(header, 12);
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(file.length - 12)
        .putFloat(7)
        .putFloat(8)
        .putFloat(9);
    Tensors vector =
        new Tensors(
            List.of(
                new Segment("a", List.of(2), 0, Role.WEIGHT),
                new Segment("b", List.of(1), 2, Role.BIAS)),
            Blocks.zeros(3));
    read(file, List.of(vector));
    assertEquals(Blocks.copyOf(8, 9, 7), vector.values());
  }

  @Test
  void read_ofAFileCutShortAnywhere_isRefused() throws IOException {
    byte[] file = written(example());
    for (int length = 0; length < file.length; length++) {
      byte[] part = Arrays.copyOf(file, length);
      String message =
          assertThrows(IllegalArgumentException.class, () -> read(part, blank())).getMessage();
      assertTrue(message.contains("cut short") || length < 8, message);
    }
    assertRefused("the file goes on after its last tensor", Arrays.copyOf(file, file.length + 1));
  }

  @Test
  void read_ofOtherTensors_isRefusedByName() throws IOException {
    byte[] statistics = written(example().subList(1, 2));
    assertRefused("the file lacks the tensors [conv1.weight, conv1.bias", statistics);

    List<Tensors> fewer = blank().subList(0, 1);
    byte[] file = written(example());
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(file, fewer)).getMessage();
    assertTrue(
        message.startsWith("tensor norm.mean of the file is none of the network's"), message);

    assertRefused(
        "tensor norm.mean has the shape [1, 2] in the file, [2] in the network",
        file(entry("norm.mean", "F32", "[1,2]", "[0,8]"), 8));
  }

  @Test
  void read_ofAHeaderThatLies_isRefused() {
    assertRefused(
        "no safetensors file: its header would have", new byte[] {1, 1, 1, 1, 1, 1, 1, 1});
    assertRefused(
        "no safetensors file: its header would have", new byte[] {0, 0, 0, 0, 0, 0, 0, -1});
    assertRefused("no safetensors file: its header would have", new byte[8]);
    assertRefused("the header is no valid JSON", file("{\"a\": ", 0));
    assertRefused("the header is no valid JSON", file("{} {}", 0));
    assertRefused("the header is no valid JSON: Duplicate field", file("{\"a\":1,\"a\":1}", 0));
    assertRefused("the header is no JSON object", file("[1, 2]", 0));
    assertRefused(
        "tensor norm.mean has the type F64; only F32 can be read",
        file(entry("norm.mean", "F64", "[2]", "[0,16]"), 16));
    assertRefused(
        "tensor x of shape [2] cannot lie in bytes 0 to 4",
        file(entry("x", "F32", "[2]", "[0,4]"), 4));
    assertRefused(
        "tensor x of shape [1] cannot lie in bytes 8 to 4",
        file(entry("x", "F32", "[1]", "[8,4]"), 8));
    assertRefused("tensor x: -1 is no size", file(entry("x", "F32", "[-1]", "[0,4]"), 4));
    assertRefused("tensor x: 1.5 is no size", file(entry("x", "F32", "[1.5]", "[0,4]"), 4));
    assertRefused(
        "tensor x: 99999999999999999999 is no size",
        file(entry("x", "F32", "[99999999999999999999]", "[0,4]"), 4));
    assertRefused(
        "tensor x of shape [4611686018427387904, 4] is too large",
        file(entry("x", "F32", "[4611686018427387904,4]", "[0,4]"), 4));
    assertRefused("tensor x has 1 data_offsets", file(entry("x", "F32", "[1]", "[0]"), 4));
    assertRefused("tensor x lacks its shape", file("{\"x\":{\"dtype\":\"F32\"}}", 0));
    assertRefused(
        "tensor x begins at byte 4, but the one before ends at 0",
        file(entry("x", "F32", "[1]", "[4,8]"), 8));
    String overlap =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
    assertRefused("tensor b begins at byte 4, but the one before ends at 8", file(overlap, 8));
  }

  /** What a state dictionary of PyTorch's has beside its weights: counts, masks. */
  @Test
  void readAll_ofTypesThatAreNoFloats_givesTheFloats_andNamesTheOthers() {
    byte[] file =
        file(
            "{\"norm.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[11,15]}}",
            15);
    numbers(file, 4).putFloat(1.5f);
    Map<String, Safetensors.Tensor> tensors = Safetensors.readAll(file);
    assertArrayEquals(new float[] {1.5f}, tensors.get("w").values());
    assertEquals("I64", tensors.get("norm.num_batches_tracked").type());
    assertNull(tensors.get("norm.num_batches_tracked").values());
    assertNull(tensors.get("mask").values());
  }

  @Test
  void readAll_ofHalfAndDoubleFloats_givesTheirNumbers() {
    byte[] file =
        file(
            "{\"half\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
                + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]},"
                + "\"double\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[16,24]}}",
            24);
    // 1, -2, 65504 (the largest), 2^-24 (the smallest), -infinity, 1/3 rounded to 16 bits
    numbers(file, 24)
        .putShort((short) 0x3C00)
        .putShort((short) 0xC000)
        .putShort((short) 0x7BFF)
        .putShort((short) 0x0001)
        .putShort((short) 0xFC00)
        .putShort((short) 0x3555)
        .putShort((short) 0x3F80)
        .putShort((short) 0xC049)
        .putDouble(0.1);
    Map<String, Safetensors.Tensor> tensors = Safetensors.readAll(file);
    assertArrayEquals(
        new float[] {1, -2, 65504, 0x1p-24f, Float.NEGATIVE_INFINITY, 1365 / 4096f},
        tensors.get("half").values());
    assertArrayEquals(new float[] {1, -3.140625f}, tensors.get("brain").values());
    assertArrayEquals(new float[] {0.1f}, tensors.get("double").values());
  }

  private static ByteBuffer numbers(byte[] file, int numBytes) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(file.length - numBytes);
  }

  @Test
  void write_ofTwoTensorsOfOneName_isRefused() {
    Tensors one = example().get(1);
    String message =
        assertThrows(IllegalArgumentException.class, () -> written(List.of(one, one))).getMessage();
    assertEquals("a second tensor cannot be called norm.mean", message);
  }

  @Test
  void littleEndian_longerThanItsBuffer_isExact() throws IOException {
    int size = (1 << 14) * 2 + 5;
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    List<Segment> segment = List.of(new Segment("long", List.of(size), 0, Role.WEIGHT));
    Tensors read = new Tensors(segment, Blocks.zeros(size));
    read(written(List.of(new Tensors(segment, Blocks.copyOf(values)))), List.of(read));
    assertArrayEquals(values, read.values().block(0));
  }

  private static String entry(String name, String dtype, String shape, String offsets) {
    return "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(name, dtype, shape, offsets);
  }

  private static void assertRefused(String start, byte[] file) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(file, blank())).getMessage();
    assertTrue(message.startsWith(start), message);
  }
}
