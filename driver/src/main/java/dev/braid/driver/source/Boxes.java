package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.boxes.BoxFiles;
import dev.braid.driver.source.boxes.MarkedPicture;
import dev.braid.driver.source.boxes.MarkedRows;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.ClassSizes;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.driver.source.picture.Archive;
import dev.braid.driver.source.picture.PictureRows;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.Spelling;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.Picture;
import dev.braid.worker.format.Image;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import dev.braid.worker.task.detection.Anchor;
import dev.braid.worker.task.detection.BoxLabel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Pictures with boxes around their objects, in folders or in tar, tar.gz, tgz and zip files, with
 * the boxes in files of their own. A picture and what is known of it have the same name but for
 * folders and endings. Pictures are resized, and their boxes with them. A model is applied to
 * pictures without boxes by images.
 *
 * @param path the folder of the pictures, an archive, or a wildcard
 * @param labels where the boxes are: voc, coco or yolo. Those of an archive may lie in the same one
 * @param only a file with a name in each line, of the pictures that are taken; all by default
 * @param height what pictures are resized to; by default the height of the training pictures, or of
 *     the first
 * @param width what pictures are resized to; by default the width of the training pictures, or of
 *     the first
 * @param channels 1 for grey, 3 for colour; 3 by default
 * @param most objects that one picture may have; 100 by default
 */
public record Boxes(
    @JsonProperty(required = true) String path,
    @JsonProperty(required = true) BoxFiles labels,
    String only,
    Integer height,
    Integer width,
    Integer channels,
    Integer most)
    implements Unnamed {
  private static final int COLOURS = 3;
  private static final String DETECTION = "detection";

  public Boxes {
    channels = channels == null ? COLOURS : channels;
    most = most == null ? 100 : most;
    require(
        channels == 1 || channels == COLOURS, "boxes.channels must be 1 or 3, got %s", channels);
    require(height == null || height > 0, "boxes.height must be at least 1, got %s", height);
    require(width == null || width > 0, "boxes.width must be at least 1, got %s", width);
    require(most > 0, "boxes.most must be at least 1, got %s", most);
  }

  @Override
  public String feature() {
    return PictureRows.IMAGE;
  }

  @Override
  public boolean isRead(FileStatus file) {
    String name = file.getPath().getName();
    return Image.isNamed(name) || Archive.isNamed(name);
  }

  @Override
  public FoundFiles find(Inspection inspection) {
    return inspection.find("boxes.path", path).only(this::isRead, "whose ending is no picture's");
  }

  @Override
  public FoundFiles findLabelled(Inspection inspection) {
    Set<String> known = known(inspection.setting(), inspection.hadoop()).keySet();
    return find(inspection)
        .only(
            file -> {
              String name = file.getPath().getName();
              return Archive.isNamed(name) || known.contains(BoxFiles.stem(name));
            },
            labels.silenceIsNone() ? "not asked for" : "without a file that tells of it");
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    String setting = inspection.setting() + ".boxes";
    Task task = inspection.task(Labels.ONLY).orElseGet(() -> Tasks.named(DETECTION));
    require(
        task.isOfBoxes(),
        "%s: the labels are boxes, which are data.task %s, not %s",
        setting,
        DETECTION,
        task.name());
    Map<String, MarkedPicture> known = known(inspection.setting(), inspection.hadoop());
    requireSound(inspection, known.values());
    requirePictures(inspection, known);
    int width = inspection.training().map(t -> t.outputs().get(0).width()).orElse(ownWidth());
    require(
        width == ownWidth(),
        "%s.most is %d, that of the training examples %d; set it to the same",
        setting,
        most,
        (width - 1) / BoxLabel.NUMBERS);
    requireRoom(setting, known.values());
    List<Integer> shape = shape(inspection, known.values());
    Labels found = new Labels(task, width, List.of()).withClasses(classes(known.values()));
    require(
        !found.classes().isEmpty() || inspection.training().isPresent(),
        "%s: none of the %,d pictures has an object; there is nothing to learn",
        setting,
        known.size());
    return new SourceFacts(
            List.of(new Input(shape, Kind.BYTE)),
            inspection.stated(found),
            OptionalLong.of(known.size()))
        .withRemarks(remarks(known.values(), shape));
  }

  private int ownWidth() {
    return BoxLabel.width(most);
  }

  /** What is known of the pictures that are taken, by their names without folders and endings. */
  private Map<String, MarkedPicture> known(String setting, Configuration hadoop) {
    Map<String, MarkedPicture> told = labels.read(setting + ".boxes.labels", hadoop);
    if (only == null && !labels.silenceIsNone()) {
      return told;
    }
    Map<String, MarkedPicture> known = new LinkedHashMap<>();
    for (String name : only == null ? pictures(setting, hadoop).keySet() : names(hadoop)) {
      MarkedPicture picture = told.get(name);
      require(
          picture != null || labels.silenceIsNone(),
          "%s.boxes: '%s' is in %s, but no file in %s tells of it",
          setting,
          name,
          only,
          labels.path());
      known.put(name, picture == null ? MarkedPicture.empty(name) : picture);
    }
    return known;
  }

  /** The names in the file of those that are taken. */
  private Set<String> names(Configuration hadoop) {
    Path file = new Path(only);
    return FileContent.read(
        file,
        () -> {
          try (var lines = FileContent.text(file, hadoop)) {
            Set<String> names = new TreeSet<>();
            lines.lines().map(String::strip).filter(n -> !n.isEmpty()).forEach(names::add);
            return names;
          }
        });
  }

  /** How many pictures there are of each name, without folders and endings. */
  private Map<String, Integer> pictures(String setting, Configuration hadoop) {
    Map<String, Integer> names = new TreeMap<>();
    for (FileStatus file : FoundFiles.below(setting + ".boxes.path", path, hadoop).files()) {
      String name = file.getPath().getName();
      if (Image.isNamed(name)) {
        names.merge(BoxFiles.stem(name), 1, Integer::sum);
      } else if (Archive.isNamed(name)) {
        BoxFiles.pictures(file.getPath(), hadoop)
            .forEach(picture -> names.merge(picture, 1, Integer::sum));
      }
    }
    return names;
  }

  private static void requireSound(Inspection inspection, Collection<MarkedPicture> known) {
    for (MarkedPicture picture : known) {
      require(
          picture.problem() == null || inspection.skipsBroken(),
          "%s.boxes: %s",
          inspection.setting(),
          picture.problem());
    }
  }

  private void requirePictures(Inspection inspection, Map<String, MarkedPicture> known) {
    Map<String, Integer> there = pictures(inspection.setting(), inspection.hadoop());
    for (Map.Entry<String, MarkedPicture> picture : known.entrySet()) {
      int count = there.getOrDefault(picture.getKey(), 0);
      require(
          count <= 1,
          "%s.boxes: %d pictures in %s are called '%s', but for folders and endings, so that one's"
              + " boxes would be taken for the others', too; give them names of their own",
          inspection.setting(),
          count,
          path,
          picture.getKey());
      require(
          count == 1 || inspection.skipsBroken(),
          "%s.boxes: there is no picture '%s' in %s, of which %s tells%s",
          inspection.setting(),
          picture.getKey(),
          path,
          picture.getValue().place(),
          Spelling.suggestion(picture.getKey(), there.keySet()));
    }
  }

  private void requireRoom(String setting, Collection<MarkedPicture> known) {
    for (MarkedPicture picture : known) {
      require(
          picture.objects().size() <= most,
          "%s: %s tells of %,d objects in a picture, more than the %,d of boxes.most; set that to"
              + " %,d for the training examples, or leave the picture out",
          setting,
          picture.place(),
          picture.objects().size(),
          most,
          picture.objects().size());
    }
  }

  private static Set<String> classes(Collection<MarkedPicture> known) {
    Set<String> classes = new TreeSet<>();
    known.forEach(picture -> picture.objects().forEach(object -> classes.add(object.name())));
    return classes;
  }

  /** Where no size is set, that of the training pictures, and for these the first one's. */
  private List<Integer> shape(Inspection inspection, Collection<MarkedPicture> known) {
    List<Integer> training =
        inspection.training().map(facts -> facts.inputs().get(0).shape()).orElse(null);
    if (training != null && training.size() == 3) {
      return List.of(
          channels,
          height == null ? training.get(1) : height,
          width == null ? training.get(2) : width);
    }
    MarkedPicture first =
        known.stream().filter(picture -> picture.height() > 0).findFirst().orElse(null);
    require(
        first != null || (height != null && width != null),
        "%s.boxes: its labels do not tell how large pictures are; set height and width",
        inspection.setting());
    return List.of(
        channels, height == null ? first.height() : height, width == null ? first.width() : width);
  }

  private static List<String> remarks(Collection<MarkedPicture> known, List<Integer> shape) {
    Map<String, Long> sizes = new TreeMap<>();
    known.forEach(
        picture -> picture.objects().forEach(object -> sizes.merge(object.name(), 1L, Long::sum)));
    long none = known.stream().filter(picture -> picture.objects().isEmpty()).count();
    String pictures =
        "pictures: %,d, %,d without objects, read as %d high, %d wide, %s"
            .formatted(
                known.size(),
                none,
                shape.get(1),
                shape.get(2),
                shape.get(0) == 1 ? "in grey" : "in colour");
    return List.of(new ClassSizes(sizes).remark(Labels.ONLY, "objects"), pictures);
  }

  /**
   * The shapes of all objects, in shares of their pictures, in the order of the pictures' names.
   */
  public List<Anchor> shapes(String setting, Configuration hadoop) {
    List<Anchor> shapes = new ArrayList<>();
    new TreeMap<>(known(setting, hadoop))
        .values()
        .forEach(
            picture ->
                picture
                    .objects()
                    .forEach(
                        object -> shapes.add(new Anchor(object.boxWidth(), object.boxHeight()))));
    return shapes;
  }

  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    throw new WrongSettings(
        "%s.boxes: pictures with boxes are for training and evaluation; a model is applied to"
                .formatted(inspection.setting())
            + " pictures without: images: {path: %s}".formatted(path));
  }

  @Override
  public Boxes ofShape(List<Integer> shape) {
    return new Boxes(path, labels, only, shape.get(1), shape.get(2), shape.get(0), most);
  }

  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return false;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new MarkedRows(
        new Picture(List.of(channels, height, width), true),
        new HashMap<>(known("data", hadoop)),
        most,
        selection);
  }
}
