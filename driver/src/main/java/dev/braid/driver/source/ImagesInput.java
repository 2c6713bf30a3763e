package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.format.Image;
import dev.braid.worker.inference.ModelFacts;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
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
        Image.endings());
    List<Integer> shape = model.inputShape();
    require(
        shape.size() == 3 && (shape.get(0) == 1 || shape.get(0) == 3),
        "%s.images: the model takes %s; images are [1 or 3, height, width]",
        inspection.setting(),
        shape);
    return InputPlan.ofPlain(keep, labelFromFolder, shape);
  }

  private static boolean isRead(FileStatus file) {
    String name = file.getPath().getName();
    return Image.isNamed(name) || Archive.isNamed(name);
  }

  @Override
  public List<StructField> keptFields(SparkSession spark, InputPlan plan, List<FileStatus> files) {
    return List.of();
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    ClassFolders classes =
        labelFromFolder ? ClassFolders.of(path, spark.sparkContext().hadoopConfiguration()) : null;
    List<FileStatus> read = files.stream().filter(ImagesInput::isRead).toList();
    return Parts.read(
        spark,
        Part.cut(read, partBytes, file -> false),
        new Pictures(plan.shape(), resize, classes));
  }
}
