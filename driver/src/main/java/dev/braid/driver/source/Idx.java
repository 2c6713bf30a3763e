package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.ClassSizes;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.driver.source.picture.IdxFile;
import dev.braid.driver.source.picture.IdxRows;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.format.IdxHeader;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Examples in IDX files, the format of MNIST, packed with gzip or not; a task reads a whole file.
 *
 * @param images path of the inputs; several files by wildcard or folder, taken in the order of
 *     their names
 * @param labels path of their labels, as many files; in a scoring for metrics, by default none
 * @param inputShape what one input is taken for; by default [1, height, width] where it has two
 *     sizes, the sizes as they are otherwise
 */
public record Idx(String images, String labels, Shape inputShape) implements Unnamed {
  @Override
  public String path() {
    return images;
  }

  @Override
  public String feature() {
    return IdxRows.IMAGE;
  }

  @Override
  public FoundFiles find(Inspection inspection) {
    return inspection.find("idx.images", images);
  }

  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return false;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    HashMap<String, String> labelFiles = new HashMap<>();
    if (selection.values().contains(TableColumns.LABEL)) {
      for (Pair pair : pairs(Inspection.of(hadoop))) {
        labelFiles.put(pair.images().name(), pair.labels().name());
      }
    }
    return new IdxRows(selection, labelFiles);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    List<Pair> pairs = pairs(inspection);
    List<Headers> headers = new ArrayList<>();
    for (Pair pair : pairs) {
      headers.add(inspect(inspection, pair));
      requireAlike(pairs.get(0), headers.get(0), pair, headers.get(headers.size() - 1));
    }
    Map<String, Long> sizes = new HashMap<>();
    Labels labels = labels(inspection, pairs, headers.get(0).labels(), sizes);
    List<String> remarks = new ArrayList<>();
    if (!sizes.isEmpty()) {
      remarks.add(
          new ClassSizes(sizes)
              .remark(Labels.ONLY, headers.get(0).labels().width() == 1 ? "examples" : "labels"));
    }
    remarks.addAll(leftOut(inspection));
    return new SourceFacts(
            List.of(input(headers.get(0).images())),
            inspection.stated(labels),
            inspection.skipsBroken()
                ? OptionalLong.empty()
                : OptionalLong.of(headers.stream().mapToLong(h -> h.images().count()).sum()))
        .withRemarks(remarks);
  }

  private List<Pair> pairs(Inspection inspection) {
    List<FileStatus> imageFiles = find(inspection).files();
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
    headers.images().requireAsMany(headers.labels(), pair.images().name(), pair.labels().name());
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
    List<Integer> shape = inputShape == null ? shape(header.exampleSizes()) : inputShape.sizes();
    return Input.of(shape, header.width(), kind);
  }

  private static List<Integer> shape(List<Integer> sizes) {
    if (sizes.isEmpty()) {
      return List.of(1);
    }
    return sizes.size() == 2 ? List.of(1, sizes.get(0), sizes.get(1)) : sizes;
  }

  private static Labels labels(
      Inspection inspection, List<Pair> pairs, IdxHeader header, Map<String, Long> sizes) {
    boolean whole = header.type().isWhole();
    Task task =
        inspection
            .task()
            .orElseGet(() -> Tasks.suggestedBy(LabelFacts.ofNumbers(header.width(), whole)));
    Labels labels = new Labels(task, header.width(), List.of());
    if (!labels.isOpen()) {
      return labels;
    }
    require(
        whole,
        "%s holds fractions, not classes; set data.task to regression",
        pairs.get(0).labels().name());
    for (Pair pair : pairs) {
      pair.labels().counts(inspection).forEach((name, n) -> sizes.merge(name, n, Long::sum));
    }
    return labels.withClasses(sizes.keySet());
  }

  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    FileStatus first = find(inspection).files().get(0);
    if (labels != null) {
      pairs(inspection);
    }
    String setting = inspection.setting() + ".idx";
    InputPlan plan = InputPlan.ofNumbers(setting, IdxRows.IMAGE, labels != null, keep, model);
    Shape shape = plan.shapes().get(0);
    IdxHeader header = new IdxFile(first).header(inspection);
    require(
        header.width() == shape.size(),
        "%s: %s holds %s, but the model takes %s, that is %d numbers",
        setting,
        first.getPath(),
        header,
        shape,
        shape.size());
    return plan;
  }

  private record Pair(IdxFile images, IdxFile labels) {}

  private record Headers(IdxHeader images, IdxHeader labels) {}
}
