package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Task;
import dev.braid.worker.format.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Pictures in folders: the name of the folder a picture lies in is its class.
 *
 * @param path the folder that holds the folders
 * @param height what pictures are resized to; by default the height of the first
 * @param width what pictures are resized to; by default the width of the first
 * @param channels 1 for grey, 3 for colour; by default 3
 */
public record Images(String path, Integer height, Integer width, Integer channels)
    implements Source {
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "pnm", "pbm", "pgm", "ppm");

  public Images {
    channels = channels == null ? 3 : channels;
    require(channels == 1 || channels == 3, "images.channels must be 1 or 3, got %d", channels);
    require(height == null || height > 0, "images.height must be at least 1, got %s", height);
    require(width == null || width > 0, "images.width must be at least 1, got %s", width);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    Task task = inspection.task().orElse(Task.CLASSIFICATION);
    require(
        task == Task.CLASSIFICATION,
        "%s.images: folders name classes; data.task must be classification",
        inspection.setting());
    List<FileStatus> files =
        inspection.files("images.path", path).stream()
            .filter(file -> isImage(file.getPath().getName()))
            .toList();
    Map<String, FileStatus> firsts = new TreeMap<>();
    files.forEach(file -> firsts.putIfAbsent(className(file.getPath().toString()), file));
    require(
        !firsts.isEmpty(),
        "%s.images.path: there are no images in %s; expected folders by class with files %s",
        inspection.setting(),
        path,
        ENDINGS.stream().sorted().toList());
    Image first = null;
    for (FileStatus file : firsts.values()) {
      Image image = decode(inspection, file);
      first = first == null ? image : first;
    }
    return new SourceFacts(
        List.of(new Input(shape(inspection, first), Kind.BYTE)),
        Labels.ofClasses(1, firsts.keySet()),
        OptionalLong.of(files.size()));
  }

  /** Where no size is set, that of the training pictures, and for these the first one's. */
  private List<Integer> shape(Inspection inspection, Image first) {
    List<Integer> known =
        inspection
            .training()
            .map(training -> training.inputs().get(0).shape())
            .filter(shape -> shape.size() == 3)
            .orElse(List.of(channels, first.height(), first.width()));
    return List.of(
        channels, height == null ? known.get(1) : height, width == null ? known.get(2) : width);
  }

  private static Image decode(Inspection inspection, FileStatus file) {
    String name = file.getPath().toString();
    try (InputStream in = inspection.open(file)) {
      return Image.decode(in.readAllBytes());
    } catch (IOException e) {
      throw Inspection.unreadable(name, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    List<Integer> shape = facts.inputs().get(0).shape();
    Map<String, Integer> classes = facts.labels().indices();
    SparkSession own = spark.newSession();
    // By default Spark counts 4 MB for opening a file: a task for every 32 small pictures.
    own.conf().set("spark.sql.files.openCostInBytes", 1 << 12);
    return Examples.of(
        own.read()
            .format("binaryFile")
            .option("recursiveFileLookup", true)
            .option("pathGlobFilter", "*.{" + String.join(",", anyCase()) + "}")
            .load(path)
            .select("path", "content")
            .toJavaRDD(),
        facts.layout(),
        () -> new PictureEncoder(shape, classes),
        () -> {});
  }

  private static boolean isImage(String name) {
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /** The endings as patterns that match small and capital letters alike. */
  private static List<String> anyCase() {
    return ENDINGS.stream()
        .sorted()
        .map(
            ending ->
                ending
                    .chars()
                    .mapToObj(c -> "[" + (char) c + Character.toUpperCase((char) c) + "]")
                    .collect(Collectors.joining()))
        .toList();
  }

  private static String className(String file) {
    return new Path(file).getParent().getName();
  }

  /** Encodes files: (path, content). */
  private record PictureEncoder(List<Integer> shape, Map<String, Integer> classes)
      implements Encoder<Row> {

    @Override
    public byte[] encode(Row file) {
      Integer index = classes.get(className(place(file)));
      require(index != null, "its folder '%s' is none of the classes", className(place(file)));
      Image image =
          Image.decode(file.getAs(1))
              .withChannels(shape.get(0))
              .resized(shape.get(1), shape.get(2));
      return ByteBuffer.allocate(image.values().length + Float.BYTES)
          .put(image.values())
          .putFloat(index)
          .array();
    }

    @Override
    public String place(Row file) {
      return file.getString(0);
    }
  }
}
