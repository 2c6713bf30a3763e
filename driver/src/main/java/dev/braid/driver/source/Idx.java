package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.SourceFacts.Input;
import dev.braid.worker.data.RowLayout;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.data.Task;
import dev.braid.worker.format.IdxHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.input.PortableDataStream;
import org.apache.spark.sql.SparkSession;

/**
 * Examples in IDX files, the format of MNIST, packed with gzip or not.
 *
 * @param images path of the inputs; several files by wildcard or folder, taken in the order of
 *     their names
 * @param labels path of their labels, as many files
 * @param inputShape what one input is taken for; by default [1, height, width] where it has two
 *     sizes, the sizes as they are otherwise
 */
public record Idx(String images, String labels, List<Integer> inputShape) implements Source {

  @Override
  public SourceFacts inspect(Inspection inspection) {
    List<Pair> pairs = pairs(inspection);
    List<Headers> headers = new ArrayList<>();
    for (Pair pair : pairs) {
      headers.add(inspect(inspection, pair));
      requireAlike(pairs.get(0), headers.get(0), pair, headers.get(headers.size() - 1));
    }
    return new SourceFacts(
        List.of(input(headers.get(0).images())),
        labels(inspection, pairs, headers.get(0).labels()),
        OptionalLong.of(headers.stream().mapToLong(h -> h.images().count()).sum()));
  }

  @Override
  public Examples read(SparkSession spark, SourceFacts facts) {
    JavaSparkContext sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Problems problems = Problems.register(sc);
    RowLayout layout = facts.layout();
    Labels known = facts.labels();
    JavaRDD<byte[]> rows = sc.emptyRDD();
    for (Pair pair : pairs(Inspection.of(sc.hadoopConfiguration()))) {
      JavaPairRDD<String, PortableDataStream> images = sc.binaryFiles(pair.images().name(), 1);
      JavaPairRDD<String, PortableDataStream> labels = sc.binaryFiles(pair.labels().name(), 1);
      rows =
          rows.union(
              images.zipPartitions(
                  labels,
                  (i, l) -> IdxRows.of(i.next()._2(), l.next()._2(), layout, known, problems)));
    }
    return new Examples(rows, layout, problems);
  }

  private List<Pair> pairs(Inspection inspection) {
    List<FileStatus> imageFiles = inspection.files("idx.images", images);
    List<FileStatus> labelFiles = inspection.files("idx.labels", labels);
    require(
        imageFiles.size() == labelFiles.size(),
        "%s: %d files of images but %d of labels; there must be as many",
        inspection.setting(),
        imageFiles.size(),
        labelFiles.size());
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < imageFiles.size(); i++) {
      pairs.add(new Pair(new IdxFile(imageFiles.get(i)), new IdxFile(labelFiles.get(i))));
    }
    return pairs;
  }

  private static Headers inspect(Inspection inspection, Pair pair) {
    Headers headers =
        new Headers(pair.images().inspect(inspection), pair.labels().inspect(inspection));
    require(
        headers.images().count() == headers.labels().count(),
        "%s holds %d images, but %s holds %d labels",
        pair.images().name(),
        headers.images().count(),
        pair.labels().name(),
        headers.labels().count());
    return headers;
  }

  private static void requireAlike(Pair first, Headers expected, Pair other, Headers actual) {
    requireAlike(first.images(), expected.images(), other.images(), actual.images());
    requireAlike(first.labels(), expected.labels(), other.labels(), actual.labels());
  }

  private static void requireAlike(
      IdxFile first, IdxHeader expected, IdxFile other, IdxHeader actual) {
    require(
        expected.isLike(actual),
        "%s holds %s, but %s holds %s; all files must be alike",
        first.name(),
        expected,
        other.name(),
        actual);
  }

  private Input input(IdxHeader header) {
    Kind kind = header.type() == IdxHeader.Type.UNSIGNED_BYTE ? Kind.BYTE : Kind.FLOAT;
    List<Integer> shape = inputShape == null ? shape(header.exampleSizes()) : inputShape;
    return Input.of(shape, header.width(), kind);
  }

  private static List<Integer> shape(List<Integer> sizes) {
    if (sizes.isEmpty()) {
      return List.of(1);
    }
    return sizes.size() == 2 ? List.of(1, sizes.get(0), sizes.get(1)) : sizes;
  }

  private static Labels labels(Inspection inspection, List<Pair> pairs, IdxHeader header) {
    boolean whole = header.type().isWhole();
    Task task = inspection.task().orElse(whole ? Task.CLASSIFICATION : Task.REGRESSION);
    if (task != Task.CLASSIFICATION) {
      return new Labels(task, header.width(), List.of());
    }
    require(
        whole,
        "%s holds fractions, not classes; set data.task to regression",
        pairs.get(0).labels().name());
    TreeSet<String> names = new TreeSet<>();
    pairs.forEach(pair -> names.addAll(pair.labels().distinct(inspection)));
    return Labels.ofClasses(header.width(), names);
  }

  private record Pair(IdxFile images, IdxFile labels) {}

  private record Headers(IdxHeader images, IdxHeader labels) {}
}
