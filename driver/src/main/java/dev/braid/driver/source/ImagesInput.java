package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.format.Image;
import dev.braid.worker.inference.ModelFacts;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * Pictures: in folders, or in tar, tar.gz, tgz and zip files, which one task reads each. A picture
 * in an archive is named {@code archive!/name}.
 *
 * @param path a folder, a file or a wildcard
 * @param resize whether pictures are brought to the model's size, as in training; true by default,
 *     otherwise those of another size go to the quarantine
 * @param labelFromFolder whether the name of the folder a picture lies in is its class, for
 *     metrics; false by default
 */
public record ImagesInput(
    @JsonProperty(required = true) String path, Boolean resize, Boolean labelFromFolder)
    implements Input {
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "pnm", "pbm", "pgm", "ppm");
  private static final Set<String> ARCHIVES = Set.of("zip", "tar", "tgz", "gz");

  public ImagesInput {
    resize = resize == null || resize;
    labelFromFolder = labelFromFolder != null && labelFromFolder;
  }

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    List<FileStatus> files = inspection.files("images.path", path);
    require(
        files.stream().anyMatch(ImagesInput::isRead),
        "%s.images.path: neither images nor archives in %s; read are %s and tar, tar.gz, tgz, zip",
        inspection.setting(),
        path,
        ENDINGS.stream().sorted().toList());
    List<Integer> shape = model.inputShape();
    require(
        shape.size() == 3 && (shape.get(0) == 1 || shape.get(0) == 3),
        "%s.images: the model takes %s; images are [1 or 3, height, width]",
        inspection.setting(),
        shape);
    return InputPlan.ofPlain(keep, labelFromFolder, shape);
  }

  private static boolean isRead(FileStatus file) {
    String ending = ending(file.getPath().getName());
    return ENDINGS.contains(ending) || ARCHIVES.contains(ending);
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  @Override
  public List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return List.of();
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    List<FileStatus> read = files.stream().filter(ImagesInput::isRead).toList();
    boolean resized = resize;
    return Parts.read(
        spark,
        Part.cut(read, partBytes, file -> false),
        (part, hadoop) -> open(part, hadoop, plan, resized));
  }

  private static Parts.Rows<Item> open(
      Part part, Configuration hadoop, InputPlan plan, boolean resized) throws IOException {
    Path path = new Path(part.file());
    InputStream raw = new BufferedInputStream(path.getFileSystem(hadoop).open(path));
    Entries entries =
        switch (ending(part.file())) {
          case "zip" -> new ZipFiles(new ZipInputStream(raw));
          case "tar" -> new TarFiles(new TarArchiveInputStream(raw));
          case "tgz", "gz" -> new TarFiles(new TarArchiveInputStream(new GZIPInputStream(raw)));
          default -> new OneFile(raw);
        };
    return new Rows(part.file(), entries, plan, resized);
  }

  /** The files in an archive, or the one that is none. */
  private interface Entries extends AutoCloseable {
    /** Name of the next within the archive; empty for a plain file, null after the last. */
    String next() throws IOException;

    byte[] content() throws IOException;

    @Override
    void close() throws IOException;
  }

  private static final class OneFile extends FilterInputStream implements Entries {
    private boolean given;

    OneFile(InputStream in) {
      super(in);
    }

    @Override
    public String next() {
      String name = given ? null : "";
      given = true;
      return name;
    }

    @Override
    public byte[] content() throws IOException {
      return readAllBytes();
    }
  }

  private record ZipFiles(ZipInputStream zip) implements Entries {
    @Override
    public String next() throws IOException {
      ZipEntry entry = zip.getNextEntry();
      while (entry != null && (entry.isDirectory() || !isImage(entry.getName()))) {
        entry = zip.getNextEntry();
      }
      return entry == null ? null : entry.getName();
    }

    @Override
    public byte[] content() throws IOException {
      return zip.readAllBytes();
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }

  private record TarFiles(TarArchiveInputStream tar) implements Entries {
    @Override
    public String next() throws IOException {
      TarArchiveEntry entry = tar.getNextTarEntry();
      while (entry != null && (!entry.isFile() || !isImage(entry.getName()))) {
        entry = tar.getNextTarEntry();
      }
      return entry == null ? null : entry.getName();
    }

    @Override
    public byte[] content() throws IOException {
      return tar.readAllBytes();
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }

  private static boolean isImage(String name) {
    return ENDINGS.contains(ending(name));
  }

  private static final class Rows implements Parts.Rows<Item> {
    private static final Object[] NOTHING_KEPT = {};

    private final String file;
    private final Entries entries;
    private final InputPlan plan;
    private final boolean resized;
    private long row;
    private boolean ended;

    Rows(String file, Entries entries, InputPlan plan, boolean resized) {
      this.file = file;
      this.entries = entries;
      this.plan = plan;
      this.resized = resized;
    }

    @Override
    public Placed<Item> next() throws IOException {
      if (ended) {
        return null;
      }
      long number = row + 1;
      String name = file;
      try {
        String entry = entries.next();
        if (entry == null) {
          return null;
        }
        row++;
        name = entry.isEmpty() ? file : file + "!/" + entry;
        return item(name, number, entries.content());
      } catch (EOFException | ZipException e) {
        ended = true;
        return Item.broken(name, () -> number, "cannot be read from here on: " + e.getMessage());
      } catch (IllegalArgumentException e) {
        return Item.broken(name, () -> number, e.getMessage());
      }
    }

    private Placed<Item> item(String name, long number, byte[] content) {
      List<Integer> shape = plan.shape();
      Image image = Image.decode(content);
      require(
          resized || (image.height() == shape.get(1) && image.width() == shape.get(2)),
          "the image is %d high and %d wide, but the model takes %s",
          image.height(),
          image.width(),
          shape);
      byte[] values = image.withChannels(shape.get(0)).resized(shape.get(1), shape.get(2)).values();
      float[] input = new float[values.length];
      for (int i = 0; i < input.length; i++) {
        input[i] = values[i] & 0xFF;
      }
      String label = plan.label() == null ? null : new Path(name).getParent().getName();
      return Item.sound(name, () -> number, input, NOTHING_KEPT, label);
    }

    @Override
    public void close() throws IOException {
      entries.close();
    }
  }
}
