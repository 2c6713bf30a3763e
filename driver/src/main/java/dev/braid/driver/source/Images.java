package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Task;
import dev.braid.worker.format.Image;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
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
    PictureFiles pictures = PictureFiles.find(inspection, path);
    Image first = null;
    for (List<FileStatus> files : pictures.files().values()) {
      Image image = first(inspection, files);
      first = first == null ? image : first;
    }
    require(first != null, "%s.images: no picture in %s can be read", inspection.setting(), path);
    List<Integer> shape = shape(inspection, first);
    return new SourceFacts(
            List.of(new Input(shape, Kind.BYTE)),
            Labels.ofClasses(1, pictures.files().keySet()),
            OptionalLong.of(pictures.all().size()))
        .withRemarks(pictures.remarks(shape));
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

  /** The first picture of a class; null where none can be read and broken ones are left out. */
  private static Image first(Inspection inspection, List<FileStatus> files) {
    for (FileStatus file : files) {
      try {
        return decode(inspection, file);
      } catch (IllegalArgumentException e) {
        if (!inspection.skipsBroken()) {
          throw e;
        }
      }
    }
    return null;
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
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<FileStatus> files = PictureFiles.find(Inspection.of(hadoop), path).all();
    long partBytes = Part.bytes(files, spark.sparkContext().defaultParallelism());
    Pictures reader =
        new Pictures(facts.inputs().get(0).shape(), true, ClassFolders.of(path, hadoop));
    return Examples.ofItems(
        Parts.read(spark, Part.cut(files, partBytes, file -> false), reader), facts, Placed::file);
  }
}
