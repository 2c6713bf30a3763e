package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.encoding.Values;
import dev.braid.worker.format.IdxHeader;
import dev.braid.worker.format.IdxStream;
import dev.braid.worker.inference.ModelFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/**
 * IDX files, the format of MNIST, gzipped or not; a task reads a whole file.
 *
 * @param images a file, a folder or a wildcard
 * @param labels the labels' files, in the same order, for metrics; by default none
 */
public record IdxInput(@JsonProperty(required = true) String images, String labels)
    implements Input {

  @Override
  public String path() {
    return images;
  }

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".idx";
    List<FileStatus> files = inspection.files("idx.images", images);
    if (labels != null) {
      int numLabels = inspection.files("idx.labels", labels).size();
      require(
          numLabels == files.size(),
          "%s: %d files of images but %d of labels; there must be as many",
          setting,
          files.size(),
          numLabels);
    }
    FileStatus first = files.get(0);
    InputPlan plan = InputPlan.ofPlain(keep, labels != null, model.inputShape());
    try (IdxStream stream = open(first.getPath().toString(), inspection.hadoop())) {
      require(
          stream.header().width() == plan.width(),
          "%s: %s holds %s, but the model takes %s, that is %d numbers",
          setting,
          first.getPath(),
          stream.header(),
          plan.shape(),
          plan.width());
    } catch (IOException e) {
      throw Inspection.unreadable(first.getPath().toString(), e);
    }
    return plan;
  }

  private static IdxStream open(String file, Configuration hadoop) throws IOException {
    Path path = new Path(file);
    return new IdxStream(path.getFileSystem(hadoop).open(path), file);
  }

  @Override
  public List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return List.of();
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    HashMap<String, String> labelFiles = new HashMap<>();
    if (labels != null) {
      Inspection inspection = Inspection.of(spark.sparkContext().hadoopConfiguration());
      List<FileStatus> all = inspection.files("idx.images", images);
      List<FileStatus> theirs = inspection.files("idx.labels", labels);
      for (int i = 0; i < all.size(); i++) {
        labelFiles.put(all.get(i).getPath().toString(), theirs.get(i).getPath().toString());
      }
    }
    return Parts.read(
        spark, Part.cut(files, partBytes, file -> false), new Reader(plan, labelFiles));
  }

  private record Reader(InputPlan plan, Map<String, String> labelFiles)
      implements Parts.Reader<Item> {
    @Override
    public Parts.Rows<Item> open(Part part, Configuration hadoop) throws IOException {
      IdxStream images;
      try {
        images = IdxInput.open(part.file(), hadoop);
      } catch (IllegalArgumentException e) {
        return Parts.once(Item.broken(part.file(), () -> 0, e.getMessage()));
      }
      String labels = labelFiles.get(part.file());
      return new Rows(plan, images, labels == null ? null : IdxInput.open(labels, hadoop));
    }
  }

  private static final class Rows implements Parts.Rows<Item> {
    private static final Object[] NOTHING_KEPT = {};

    private final InputPlan plan;
    private final IdxStream images;
    private final IdxStream labels;
    private final byte[] image;
    private boolean ended;

    Rows(InputPlan plan, IdxStream images, IdxStream labels) {
      this.plan = plan;
      this.images = images;
      this.labels = labels;
      this.image = new byte[images.exampleBytes()];
    }

    @Override
    public Placed<Item> next() throws IOException {
      if (ended || images.numRead() == images.header().count()) {
        return null;
      }
      long row = images.numRead() + 1L;
      try {
        images.read(image);
      } catch (IllegalArgumentException | ZipException e) {
        ended = true;
        return Item.broken(images.name(), () -> row, e.getMessage());
      }
      String label = labels == null ? null : label();
      try {
        Numbers numbers = new Numbers(plan.shape(), plan.width());
        IdxHeader.Type type = images.header().type();
        for (ByteBuffer values = ByteBuffer.wrap(image); values.hasRemaining(); ) {
          numbers.add((float) type.read(values), "image");
        }
        return Item.sound(images.name(), () -> row, numbers.all(), NOTHING_KEPT, label);
      } catch (IllegalArgumentException e) {
        return Item.broken(images.name(), () -> row, e.getMessage());
      }
    }

    private String label() throws IOException {
      byte[] label = new byte[labels.exampleBytes()];
      labels.read(label);
      return Values.text(labels.header().type().read(ByteBuffer.wrap(label)));
    }

    @Override
    public void close() throws IOException {
      images.close();
      if (labels != null) {
        labels.close();
      }
    }
  }
}
