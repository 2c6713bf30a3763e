package dev.braid.worker.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.random.SplitMix;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of pictures against torchvision's, and how their parameters are drawn. */
class AugmentationTest {
  private static final PictureSize SIZE = new PictureSize(3, 6, 5);

  /** One change as torchvision makes it, see torchvision_changes.py beside the file. */
  @SuppressWarnings("ArrayRecordComponent") // read in one place
  private record Case(
      String kind, double[] parameters, PictureSize size, int picture, float[] expected) {

    Change change() {
      double first = parameters.length > 0 ? parameters[0] : 0;
      float fill = parameters.length > 0 ? (float) parameters[parameters.length - 1] : 0;
      return switch (kind) {
        case "mirror" -> new Mirror.Mirrored();
        case "crop" -> new Crop.Shifted((int) first, (int) parameters[1], fill);
        case "rotate" -> Warped.rotated(first, fill);
        case "shear" -> Warped.sheared(first, fill);
        case "scale" -> Warped.scaled(first, fill);
        case "brightness" -> new Recoloured(first, 1, 1, 0, List.of());
        case "contrast" -> new Recoloured(1, first, 1, 0, List.of());
        case "saturation" -> new Recoloured(1, 1, first, 0, List.of());
        case "hue" -> new Recoloured(1, 1, 1, first, List.of());
        case "pca" -> new Recoloured(1, 1, 1, 0, Arrays.stream(parameters).boxed().toList());
        case "cutout" ->
            new Cutout.Erased(
                (int) first, (int) parameters[1], (int) parameters[2], (int) parameters[3], fill);
        default -> throw new IllegalStateException(kind);
      };
    }
  }

  private static Map<String, List<Case>> cases() throws IOException {
    Map<String, List<Case>> cases = new TreeMap<>();
    try (DataInputStream in =
        new DataInputStream(
            new GZIPInputStream(AugmentationTest.class.getResourceAsStream("changes.bin.gz")))) {
      while (true) {
        Case next = read(in);
        cases.merge(
            next.kind, List.of(next), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
      }
    } catch (EOFException e) {
      return cases;
    }
  }

  private static Case read(DataInputStream in) throws IOException {
    String kind = in.readUTF();
    double[] parameters = new double[in.readUnsignedByte()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = in.readDouble();
    }
    PictureSize size =
        new PictureSize(in.readUnsignedByte(), in.readUnsignedByte(), in.readUnsignedByte());
    int picture = in.readInt();
    float[] expected = new float[size.numbers()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = in.readShort() / 128f;
    }
    return new Case(kind, parameters, size, picture, expected);
  }

  /** The script's picture of this number. */
  private static float[] picture(int number, PictureSize size) {
    float[] levels = new float[size.numbers()];
    for (int at = 0; at < levels.length; at++) {
      int x = at % size.width();
      int y = at / size.width() % size.height();
      int channel = (x + 2 * y) % 5 == 0 ? 0 : at / size.plane();
      int i = (channel * size.height() + y) * size.width() + x;
      int mixed = ((number * 73856093) ^ (i * 19349663)) & 0x7FFFFFFF;
      int wave = (20 * x + 30 * y + 60 * channel + 7 * number) % 256;
      levels[at] = number % 2 == 0 ? (mixed >> 7) % 256 : wave;
    }
    return levels;
  }

  /** The file has 128ths of levels, and single precision is a little less exact than 0.01. */
  @Test
  void changes_of100Pictures_areTorchvisions() throws IOException {
    Map<String, List<Case>> cases = cases();
    assertEquals(
        List.of(
            "brightness",
            "contrast",
            "crop",
            "cutout",
            "hue",
            "mirror",
            "pca",
            "rotate",
            "saturation",
            "scale",
            "shear"),
        List.copyOf(cases.keySet()));
    assertEquals(100, cases.get("rotate").size());
    cases.forEach(
        (kind, of) -> {
          for (Case each : of) {
            float[] pixels = picture(each.picture, each.size);
            float[] before = pixels.clone();
            float[] changed = each.change().apply(pixels, each.size);
            assertArrayEquals(each.expected, changed, 0.02f, kind + " of " + each.picture);
            assertArrayEquals(before, pixels, 0, "the picture itself stays");
          }
        });
  }

  private static Stream<Augmentation> all() {
    return Stream.of(
        new Mirror(null),
        new Crop(2, null),
        new Rotate(30.0, 128.0),
        new Shear(20.0, null),
        new Scale(0.8, 1.2, null),
        new Colour(0.4, 0.4, 0.4, 0.1, 0.1),
        new Noise(10.0),
        new Cutout(3, 20.0));
  }

  @ParameterizedTest
  @MethodSource("all")
  void draw_fromTheSameKey_givesTheSame_andFromOthersOthers(Augmentation augmentation) {
    float[] pixels = picture(2, SIZE);
    List<float[]> drawn =
        Stream.of(1L, 1L, 2L, 3L, 4L).map(key -> applied(augmentation, key, pixels)).toList();
    assertArrayEquals(drawn.get(0), drawn.get(1), 0);
    assertTrue(
        drawn.stream().skip(2).anyMatch(other -> !Arrays.equals(other, drawn.get(0))),
        "keys make a difference");
    for (float[] changed : drawn) {
      for (float level : changed) {
        assertTrue(level >= 0 && level <= 255, "level " + level);
      }
    }
  }

  private static float[] applied(Augmentation augmentation, long key, float[] pixels) {
    return augmentation.draw(SplitMix.stream(key), SIZE).apply(pixels, SIZE);
  }

  @Test
  void mirror_isDrawnAsOftenAsItSays() {
    Mirror mirror = new Mirror(0.3);
    double mirrored = 0;
    for (long key = 0; key < 10_000; key++) {
      mirrored += mirror.draw(SplitMix.stream(key), SIZE) == Change.NONE ? 0 : 1;
    }
    assertEquals(3000, mirrored, 150); // three standard deviations
  }

  @Test
  void crop_reachesEveryPlace_alike() {
    Crop crop = new Crop(1, null);
    Map<Change, Integer> drawn = new LinkedHashMap<>();
    for (long key = 0; key < 9000; key++) {
      drawn.merge(crop.draw(SplitMix.stream(key), SIZE), 1, Integer::sum);
    }
    assertEquals(9, drawn.size());
    drawn.values().forEach(times -> assertEquals(1000, times, 120)); // four standard deviations
  }

  @Test
  void noise_hasItsDeviation() {
    PictureSize large = new PictureSize(1, 100, 100);
    float[] grey = new float[large.numbers()];
    Arrays.fill(grey, 128);
    float[] noisy = new Noise(10.0).draw(SplitMix.stream(5), large).apply(grey, large);
    double mean = 0;
    double squares = 0;
    for (float level : noisy) {
      mean += (level - 128) / noisy.length;
      squares += (level - 128.0) * (level - 128.0) / noisy.length;
    }
    assertEquals(0, mean, 0.4); // four standard errors
    assertEquals(10, Math.sqrt(squares), 0.3);
  }

  @Test
  void cutout_takesOutASquare_whichMayLieOutside() {
    Cutout cutout = new Cutout(3, 7.0);
    float[] pixels = new float[SIZE.numbers()];
    boolean whole = false;
    for (long key = 0; key < 100; key++) {
      int erased = 0;
      for (float level : cutout.draw(SplitMix.stream(key), SIZE).apply(pixels, SIZE)) {
        erased += level == 7 ? 1 : 0;
      }
      assertTrue(erased >= 3 * 4 && erased <= 3 * 9, "erased " + erased);
      whole |= erased == 3 * 9;
    }
    assertTrue(whole);
  }

  @Test
  void augmentations_changePicturesAlone_inTheirOrder() {
    Augmentations both =
        new Augmentations(
            List.of(new Crop(1, 9.0), new Cutout(2, 200.0)), Arrays.asList(null, SIZE));
    assertFalse(both.change(0));
    assertTrue(both.change(1));
    float[] rows = new float[2 * SIZE.numbers()];
    System.arraycopy(picture(4, SIZE), 0, rows, SIZE.numbers(), SIZE.numbers());
    float[] expected = picture(4, SIZE);
    for (int i = 0; i < 2; i++) {
      SplitMix random = SplitMix.stream(SplitMix.key(77, 1, i));
      expected = both.changes().get(i).draw(random, SIZE).apply(expected, SIZE);
    }
    both.applyInPlace(rows, SIZE.numbers(), 1, 77);
    assertArrayEquals(
        new float[SIZE.numbers()], Arrays.copyOf(rows, SIZE.numbers()), 0, "the row before");
    assertArrayEquals(expected, Arrays.copyOfRange(rows, SIZE.numbers(), 2 * SIZE.numbers()), 0);
  }

  private static Stream<Arguments> wrong() {
    PictureSize grey = new PictureSize(1, 6, 5);
    return Stream.of(
        wrong(() -> new Mirror(0.0), "mirror: probability must be above 0 and at most 1, got 0.0"),
        wrong(() -> new Crop(0, null), "crop: padding must be at least 1 pixel, got 0"),
        wrong(() -> new Crop(1, 256.0), "fill must be a pixel's level, 0 to 255, got 256.0"),
        wrong(
            () -> fits(new Crop(5, null), SIZE),
            "crop: padding 5 would leave nothing of pictures of 6 x 5 pixels; set it lower"),
        wrong(
            () -> new Rotate(181.0, null),
            "rotate: degrees must be above 0 and at most 180, got 181.0"),
        wrong(() -> new Shear(90.0, null), "shear: degrees must be above 0 and below 90, got 90.0"),
        wrong(
            () -> new Scale(1.2, 0.8, null),
            "scale: least must be above 0, most not below it and at most 100, got 1.2 and 0.8"),
        wrong(
            () -> new Colour(-0.1, null, null, null, null),
            "colour: brightness must be at least 0, got -0.1"),
        wrong(
            () -> new Colour(null, null, null, 0.6, null),
            "colour: hue must be at most 0.5, half the circle, got 0.6"),
        wrong(
            () -> new Colour(null, null, null, null, null),
            "colour: one of brightness, contrast, saturation, hue and pca must be above 0"),
        wrong(
            () -> fits(new Colour(0.1, null, 0.1, null, null), grey),
            "colour: pictures of 1 channels have no colours; leave out saturation, hue and pca"),
        wrong(
            () -> new Noise(0.0),
            "noise: deviation must be above 0 and at most 255 levels, got 0.0"),
        wrong(() -> new Cutout(0, null), "cutout: size must be at least 1 pixel, got 0"),
        wrong(
            () -> fits(new Cutout(10, null), SIZE),
            "cutout: a square of 10 pixels may take all of pictures of 6 x 5; set size lower"));
  }

  private static Augmentations fits(Augmentation augmentation, PictureSize size) {
    return new Augmentations(List.of(augmentation), List.of(size));
  }

  private static Arguments wrong(Supplier<?> settings, String message) {
    return Arguments.of(settings, message);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void settings_thatAskForTooMuch_areRefusedByName(Supplier<?> settings, String message) {
    assertEquals(message, assertThrows(WrongSettings.class, settings::get).getMessage());
  }
}
