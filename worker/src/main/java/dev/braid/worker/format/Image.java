package dev.braid.worker.format;

import static dev.braid.worker.Check.require;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.braid.worker.WrongSettings;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A picture as a network takes it: bytes [channels, height, width], row-major.
 *
 * @param channels 1 for grey, 3 for red, green, blue
 * @param height rows
 * @param width columns
 * @param values one byte per channel and place, 0 to 255
 */
@SuppressWarnings("ArrayRecordComponent") // values in bulk: compared nowhere, copied nowhere
public record Image(int channels, int height, int width, byte[] values) {
  public Image {
    require(channels == 1 || channels == 3, "an image has 1 or 3 channels, got %d", channels);
    require(height > 0 && width > 0, "an image of %d x %d is not possible", width, height);
    require(
        values.length == channels * height * width,
        "%d values for an image of %d x %d x %d",
        values.length,
        channels,
        height,
        width);
  }

  private static final int MAX_PIXELS = 200_000_000;

  /** The formats that are read, for messages. */
  private static final String FORMATS = "JPEG, PNG, BMP, GIF, TIFF, WebP nor PNM";

  private static final Set<String> ENDINGS =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "tif", "tiff", "webp", "pnm", "pbm",
          "pgm", "ppm");

  /** What the names of files end in that are taken for pictures, in capital letters or small. */
  public static List<String> endings() {
    return ENDINGS.stream().sorted().toList();
  }

  /** Whether a file's name says that it is a picture which can be read. */
  public static boolean isNamed(String file) {
    return ENDINGS.contains(file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * A picture from the bytes of a JPEG, PNG, BMP, GIF, TIFF, WebP or PNM file, whatever its name:
   * the first one, where a file holds several, upright as its EXIF data say. Transparency is
   * ignored.
   *
   * @throws IllegalArgumentException if it is none of these, or damaged
   */
  public static Image decode(byte[] file) {
    if (Pnm.isPnm(file)) {
      return Pnm.decode(file);
    }
    BufferedImage image = read(file);
    require(
        image.getColorModel().getColorSpace().getType() != ColorSpace.TYPE_CMYK,
        "an unusual image: its colours are CMYK, made for printing; save it in RGB");
    return Orientation.of(file).upright(isGrey(image) ? grey(image) : coloured(image));
  }

  private static BufferedImage read(byte[] file) {
    List<String> warnings = new ArrayList<>();
    BufferedImage image;
    try (ImageInputStream in = stream(file)) {
      ImageReader reader = reader(file, in);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      try {
        reader.setInput(in, true, true);
        requireModest(reader.getWidth(0), reader.getHeight(0));
        image = reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (NotAnImage e) {
      throw e;
    } catch (IOException | RuntimeException e) { // readers throw any on what they do not expect
      throw new WrongSettings("a damaged or unusual image: " + e.getMessage(), e);
    }
    // Java's reader of JPEG fills up a file that ends too early, with no more than a warning.
    require(
        warnings.stream().noneMatch(warning -> warning.contains("remature end")),
        "a damaged or unusual image: it ends too early");
    return image;
  }

  private static ImageInputStream stream(byte[] file) {
    InputStream bytes =
        Chunks.isWebp(file) ? new EndedInputStream(file) : new ByteArrayInputStream(file);
    return new MemoryCacheImageInputStream(bytes);
  }

  /** A damaged header may tell of a picture that no memory holds. */
  private static void requireModest(int width, int height) {
    require(
        (long) width * height <= MAX_PIXELS,
        "%d x %d pixels, more than the %d million that are read",
        width,
        height,
        MAX_PIXELS / 1_000_000);
  }

  /** Java's own readers, and one for WebP, which Java has not. */
  private static ImageReader reader(byte[] file, ImageInputStream in) throws IOException {
    if (Chunks.isWebp(file)) {
      return new WebPImageReaderSpi().createReaderInstance(null);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      throw new NotAnImage();
    }
    return readers.next();
  }

  private static final class NotAnImage extends WrongSettings {
    private static final long serialVersionUID = 1;

    NotAnImage() {
      super("not an image: neither " + FORMATS);
    }
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getRaster().getNumBands() <= 2
        && !(image.getColorModel() instanceof IndexColorModel);
  }

  /** The values as the file has them; Java's own conversion would change their brightness. */
  private static Image grey(BufferedImage image) {
    Raster raster = image.getRaster();
    int bits = image.getSampleModel().getSampleSize(0);
    require(
        bits <= 16 && raster.getTransferType() != DataBuffer.TYPE_SHORT,
        "an unusual image: its shades of grey are not whole numbers from 0 to 255 or 65535");
    int max = (1 << bits) - 1;
    int width = raster.getWidth();
    int height = raster.getHeight();
    int[] samples = raster.getSamples(0, 0, width, height, 0, (int[]) null);
    byte[] values = new byte[samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) ((samples[i] * 255L + max / 2) / max);
    }
    return new Image(1, height, width, values);
  }

  private static Image coloured(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int size = width * height;
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] values = new byte[3 * size];
    for (int i = 0; i < size; i++) {
      values[i] = (byte) (pixels[i] >> 16);
      values[size + i] = (byte) (pixels[i] >> 8);
      values[2 * size + i] = (byte) pixels[i];
    }
    return new Image(3, height, width, values);
  }

  /** The same picture in grey (the luma of ITU-R BT.601), or the grey one three times. */
  public Image withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    int size = height * width;
    byte[] result = new byte[wanted * size];
    for (int i = 0; i < size; i++) {
      if (wanted == 1) {
        int red = values[i] & 0xFF;
        int green = values[size + i] & 0xFF;
        int blue = values[2 * size + i] & 0xFF;
        result[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
      } else {
        for (int channel = 0; channel < wanted; channel++) {
          result[channel * size + i] = values[i];
        }
      }
    }
    return new Image(wanted, height, width, result);
  }

  /**
   * The same picture in another size: linear interpolation when it grows, the mean over the area a
   * pixel covers when it shrinks, weighted by a triangle.
   */
  public Image resized(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    Taps rows = Taps.of(height, newHeight);
    Taps columns = Taps.of(width, newWidth);
    byte[] result = new byte[channels * newHeight * newWidth];
    double[] wide = new double[height * newWidth];
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < height; y++) {
        int from = (channel * height + y) * width;
        for (int x = 0; x < newWidth; x++) {
          wide[y * newWidth + x] = columns.weighted(x, i -> values[from + i] & 0xFF);
        }
      }
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          int column = x;
          double value = rows.weighted(y, i -> wide[i * newWidth + column]);
          result[(channel * newHeight + y) * newWidth + x] = (byte) Math.floor(value + 0.5);
        }
      }
    }
    return new Image(channels, newHeight, newWidth, result);
  }

  /**
   * Which old places make up each new one along one side.
   *
   * @param first the first old place of each new one
   * @param weights of it and of those that follow; they add up to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // read in the innermost loop
  private record Taps(int[] first, double[][] weights) {

    static Taps of(int oldSize, int newSize) {
      double step = (double) oldSize / newSize;
      double reach = Math.max(1, step);
      int[] first = new int[newSize];
      double[][] weights = new double[newSize][];
      for (int i = 0; i < newSize; i++) {
        double centre = (i + 0.5) * step - 0.5;
        first[i] = Math.max(0, (int) Math.ceil(centre - reach));
        int last = Math.min(oldSize - 1, (int) Math.floor(centre + reach));
        weights[i] = new double[last - first[i] + 1];
        double sum = 0;
        for (int k = 0; k < weights[i].length; k++) {
          weights[i][k] = Math.max(0, 1 - Math.abs(first[i] + k - centre) / reach);
          sum += weights[i][k];
        }
        for (int k = 0; k < weights[i].length; k++) {
          weights[i][k] /= sum;
        }
      }
      return new Taps(first, weights);
    }

    double weighted(int i, Values old) {
      double sum = 0;
      for (int k = 0; k < weights[i].length; k++) {
        sum += weights[i][k] * old.at(first[i] + k);
      }
      return sum;
    }
  }

  private interface Values {
    double at(int i);
  }
}
