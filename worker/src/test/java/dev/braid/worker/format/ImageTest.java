package dev.braid.worker.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {
  /** Left pixel red-ish, right pixel blue-ish. */
  private static final int[] PIXELS = {0xC86432, 0x0A141E};

  private static byte[] file(String format, BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static BufferedImage coloured(int type) {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, 0xFF000000 | PIXELS[0]);
    image.setRGB(1, 0, 0xFF000000 | PIXELS[1]);
    return image;
  }

  private static int[] unsigned(Image image) {
    int[] values = new int[image.values().length];
    Arrays.setAll(values, i -> image.values()[i] & 0xFF);
    return values;
  }

  private static Image of(int channels, int height, int width, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Image(channels, height, width, bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void decode_colours_areChannelByChannel(String format) throws IOException {
    Image image = Image.decode(file(format, coloured(BufferedImage.TYPE_INT_RGB)));
    assertEquals(3, image.channels());
    assertArrayEquals(new int[] {0xC8, 0x0A, 0x64, 0x14, 0x32, 0x1E}, unsigned(image));
  }

  @Test
  void decode_transparentPng_keepsItsColours() throws IOException {
    Image image = Image.decode(file("png", coloured(BufferedImage.TYPE_INT_ARGB)));
    assertArrayEquals(new int[] {0xC8, 0x0A, 0x64, 0x14, 0x32, 0x1E}, unsigned(image));
  }

  @Test
  void decode_grey_keepsTheValuesOfTheFile() throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 2, 2, 0, new int[] {0, 40, 128, 255});
    Image decoded = Image.decode(file("png", image));
    assertEquals(1, decoded.channels());
    assertArrayEquals(new int[] {0, 40, 128, 255}, unsigned(decoded));
  }

  @Test
  void decode_jpeg_isNearTheOriginal() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x408020);
    }
    Image decoded = Image.decode(file("jpg", image));
    assertEquals(0x40, decoded.values()[0] & 0xFF, 4);
    assertEquals(0x80, decoded.values()[256] & 0xFF, 4);
    assertEquals(0x20, decoded.values()[512] & 0xFF, 4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P1 2 2 1 0 01|0 255 255 0",
        "P2 # grey #2 2 2 255 0 1 2 255|0 1 2 255",
        "P2 2 2 15 0 1 7 15|0 17 119 255",
        "P3 2 1 255 200 100 50 10 20 30|200 10 100 20 50 30",
      })
  void decode_textPnm(String text, String expected) {
    // '#2' stands for the end of a comment's line.
    byte[] file = text.replace("#2", "\n").getBytes(StandardCharsets.US_ASCII);
    int[] values = Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertArrayEquals(values, unsigned(Image.decode(file)));
  }

  @Test
  void decode_binaryPnm() {
    assertArrayEquals(
        new int[] {1, 10, 200, 13}, unsigned(Image.decode(pnm("P5\n2 2\n255\n", 1, 10, 200, 13))));
    assertArrayEquals(
        new int[] {0, 255}, unsigned(Image.decode(pnm("P5 2 1 65535\n", 0, 100, 255, 255))));
    assertArrayEquals(
        new int[] {1, 4, 2, 5, 3, 6},
        unsigned(Image.decode(pnm("P6 2 1 255\n", 1, 2, 3, 4, 5, 6))));
    assertArrayEquals(
        new int[] {
          0, 255, 0, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 0
        },
        unsigned(Image.decode(pnm("P4 9 2\n", 0b10100000, 0, 0b10000000, 0b10000000))));
  }

  private static byte[] pnm(String header, int... samples) {
    byte[] head = header.getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(head, head.length + samples.length);
    for (int i = 0; i < samples.length; i++) {
      file[head.length + i] = (byte) samples[i];
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P5 2 2 255 12|a damaged image: it ends after 13 bytes",
        "P2 2 2 7 1 2 8 1|a damaged image: value 8 above 7",
        "P5 90000 90000 255 1|a damaged image: PNM of 90000 x 90000, largest value 255, in 20"
            + " bytes",
        "P2 2 x|a damaged image: a number is missing at byte 5",
        "what is this|not an image: neither JPEG, PNG, BMP, GIF, TIFF, WebP nor PNM",
      })
  void decode_damagedFile_saysSo(String text, String expected) {
    byte[] file = text.getBytes(StandardCharsets.US_ASCII);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Image.decode(file));
    assertEquals(expected, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void decode_cutOffFile_isRefused(String format) throws IOException {
    byte[] file = file(format, coloured(BufferedImage.TYPE_INT_RGB));
    assertThrows(
        IllegalArgumentException.class, () -> Image.decode(Arrays.copyOf(file, file.length / 3)));
  }

  @Test
  void withChannels_greyIsTheLuma_colourIsTheGreyThreeTimes() {
    Image colour = of(3, 1, 2, 255, 0, 255, 0, 255, 100);
    assertArrayEquals(new int[] {255, 11}, unsigned(colour.withChannels(1)));
    assertArrayEquals(new int[] {7, 9, 7, 9, 7, 9}, unsigned(of(1, 1, 2, 7, 9).withChannels(3)));
  }

  @Test
  void resized_growsByInterpolation() {
    // New centres lie at -0.25, 0.25, 0.75, 1.25 of the old ones.
    assertArrayEquals(new int[] {0, 25, 75, 100}, unsigned(of(1, 1, 2, 0, 100).resized(1, 4)));
  }

  @Test
  void resized_shrinksByTheMeanOfAnArea() {
    // Factor 2: a triangle over four pixels, weights 1, 3, 3, 1; at the edge 3, 3, 1.
    int[] values = unsigned(of(1, 1, 4, 0, 70, 140, 210).resized(1, 2));
    assertArrayEquals(new int[] {50, 160}, values);
  }

  @Test
  void resized_constantImage_staysConstant_inBothDirections() {
    byte[] values = new byte[3 * 7 * 5];
    Arrays.fill(values, (byte) 131);
    Image resized = new Image(3, 7, 5, values).resized(4, 11);
    assertEquals(4, resized.height());
    assertEquals(11, resized.width());
    for (byte value : resized.values()) {
      assertEquals((byte) 131, value);
    }
  }

  /** A picture that make.py, beside it, has written. */
  private static Image stored(String name) throws IOException {
    return Image.decode(bytes(name));
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = ImageTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void decode_turnedPicture_isUprightAsExifSays(int orientation) throws IOException {
    Image image = stored("orientation-" + orientation + ".jpg");
    assertEquals(List.of(1, 3, 2), List.of(image.channels(), image.height(), image.width()));
    int[] expected = {10, 60, 110, 160, 210, 250};
    int[] values = unsigned(image);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], values[i], 2, "JPEG rounds; value " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"turned.png", "turned.webp", "turned.tif", "upright.webp", "upright.tif"})
  void decode_formatsWithoutLoss_giveTheSamePicture(String name) throws IOException {
    Image image = stored(name);
    assertEquals(List.of(3, 3, 2), List.of(image.channels(), image.height(), image.width()));
    assertArrayEquals(
        new int[] {10, 60, 110, 160, 210, 250, 245, 195, 145, 95, 45, 5, 5, 30, 55, 80, 105, 125},
        unsigned(image));
  }

  @Test
  void decode_webpWithLoss_isNearTheOriginal() throws IOException {
    Image image = stored("lossy.webp");
    assertEquals(List.of(3, 48, 32), List.of(image.channels(), image.height(), image.width()));
    int[] values = unsigned(image);
    assertEquals(10, values[0], 6);
    assertEquals(60, values[31], 6);
    assertEquals(250, values[48 * 32 - 1], 6);
    assertEquals(245, values[48 * 32], 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats.tif", "cmyk.jpg"})
  void decode_picturesWhoseColoursAreUnknown_areRefused(String name) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> stored(name));
    assertTrue(e.getMessage().contains("unusual image: "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"turned.png", "turned.tif", "turned.webp", "orientation-6.jpg"})
  @Timeout(60) // a decoder that never ends would hold up a whole training
  void decode_damagedFile_isRefusedOrRead_neverMore(String name) throws IOException {
    byte[] file = bytes(name);
    for (int at = 0; at < file.length; at++) {
      byte[] damaged = file.clone();
      damaged[at] ^= (byte) 0x55;
      assertRefusedOrRead(damaged);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"turned.png", "turned.webp", "turned.tif", "orientation-6.jpg"})
  @Timeout(60)
  void decode_fileThatEndsTooEarly_isRefusedOrRead_neverMore(String name) throws IOException {
    byte[] file = bytes(name);
    for (int length = 0; length < file.length; length++) {
      assertRefusedOrRead(Arrays.copyOf(file, length));
    }
  }

  private static void assertRefusedOrRead(byte[] file) {
    try {
      assertTrue(Image.decode(file).values().length > 0);
    } catch (IllegalArgumentException e) {
      assertFalse(e.getMessage().isBlank());
    }
  }
}
