package dev.braid.worker.format;

import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * How a picture is got from what its file stores, one of EXIF's eight ways: cameras store what
 * their sensor sees and note how they were held.
 *
 * @param transposed whether rows and columns are exchanged
 * @param fromBelow whether the rows are turned round then, the last coming first
 * @param fromRight whether the columns are turned round then, the last coming first
 */
record Orientation(boolean transposed, boolean fromBelow, boolean fromRight) {
  private static final Orientation UPRIGHT = new Orientation(false, false, false);

  /** By EXIF's number, from 1. */
  private static final List<Orientation> KNOWN =
      List.of(
          UPRIGHT,
          new Orientation(false, false, true),
          new Orientation(false, true, true),
          new Orientation(false, true, false),
          new Orientation(true, false, false),
          new Orientation(true, false, true),
          new Orientation(true, true, true),
          new Orientation(true, true, false));

  /** What a file says of its picture: upright where it says nothing that can be read. */
  static Orientation of(byte[] file) {
    try {
      byte[] exif = exif(file);
      if (exif.length == 0) {
        return UPRIGHT;
      }
      Directory tags = new TIFFReader().read(stream(exif));
      Entry entry = tags.getEntryById(TIFF.TAG_ORIENTATION);
      int number = entry != null && entry.getValue() instanceof Number value ? value.intValue() : 1;
      return number >= 1 && number <= KNOWN.size() ? KNOWN.get(number - 1) : UPRIGHT;
    } catch (IOException
        | RuntimeException e) { // EXIF data may be damaged where the picture is not
      return UPRIGHT;
    }
  }

  /** EXIF data are a TIFF file without picture, within the picture's file. */
  private static byte[] exif(byte[] file) throws IOException {
    if (file.length > 2 && (file[0] & 0xFF) == 0xFF && (file[1] & 0xFF) == 0xD8) {
      List<JPEGSegment> segments = JPEGSegmentUtil.readSegments(stream(file), JPEG.APP1, "Exif");
      return segments.isEmpty() ? new byte[0] : behindPadding(segments.get(0));
    }
    if (Chunks.isPng(file)) {
      return Chunks.find(file, "eXIf");
    }
    if (Chunks.isWebp(file)) {
      byte[] exif = Chunks.find(file, "EXIF");
      boolean named = exif.length > 6 && exif[0] == 'E'; // as in JPEG, which some programs write
      return named ? Arrays.copyOfRange(exif, 6, exif.length) : exif;
    }
    boolean tiff = file.length > 4 && file[0] == file[1] && (file[0] == 'I' || file[0] == 'M');
    return tiff ? file : new byte[0];
  }

  private static byte[] behindPadding(JPEGSegment segment) throws IOException {
    try (InputStream data = segment.data()) {
      data.skipNBytes(1);
      return data.readAllBytes();
    }
  }

  private static ImageInputStream stream(byte[] bytes) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }

  /** The picture as it is meant to be looked at. */
  Image upright(Image image) {
    if (equals(UPRIGHT)) {
      return image;
    }
    int height = transposed ? image.width() : image.height();
    int width = transposed ? image.height() : image.width();
    byte[] values = new byte[image.values().length];
    for (int channel = 0; channel < image.channels(); channel++) {
      int first = channel * height * width;
      for (int y = 0; y < height; y++) {
        int across = fromBelow ? height - 1 - y : y;
        for (int x = 0; x < width; x++) {
          int along = fromRight ? width - 1 - x : x;
          int row = transposed ? along : across;
          int column = transposed ? across : along;
          values[first + y * width + x] = image.values()[first + row * image.width() + column];
        }
      }
    }
    return new Image(image.channels(), height, width, values);
  }
}
