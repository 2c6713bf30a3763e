package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.example.SourceFacts.Input;
import dev.braid.driver.source.picture.Archive;
import dev.braid.driver.source.picture.ClassFolders;
import dev.braid.driver.source.picture.PictureFiles;
import dev.braid.driver.source.picture.PictureRows;
import dev.braid.driver.source.row.FoundFiles;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.data.RowLayout.Kind;
import dev.braid.worker.encoding.Picture;
import dev.braid.worker.format.Image;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.task.LabelFacts;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Pictures in folders, or in tar, tar.gz, tgz and zip files, which one task reads each: the name of
 * the folder a picture lies in is its class. An archive is read like the folder it was made of; a
 * picture in it is named {@code archive!/name}.
 *
 * @param path the folder that holds the folders, an archive, or a wildcard
 * @param height what pictures are resized to; by default the height of the first training picture
 * @param width what pictures are resized to; by default the width of the first training picture
 * @param channels 1 for grey, 3 for colour; by default 3, or those a model was trained with
 * @param resize whether pictures are brought to that size; true by default, otherwise those of
 *     another size are broken rows
 * @param labelFromFolder in a scoring, whether the name of the folder is the class, for metrics;
 *     false by default. Where examples are learned from it always is
 */
public record Images(
    String path,
    Integer height,
    Integer width,
    Integer channels,
    Boolean resize,
    Boolean labelFromFolder)
    implements Unnamed {
  private static final int COLOURS = 3;

  public Images {
    resize = resize == null || resize;
    require(
        channels == null || channels == 1 || channels == COLOURS,
        "images.channels must be 1 or 3, got %s",
        channels);
    require(height == null || height > 0, "images.height must be at least 1, got %s", height);
    require(width == null || width > 0, "images.width must be at least 1, got %s", width);
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
    FoundFiles found =
        inspection.find("images.path", path).only(this::isRead, "whose ending is no picture's");
    require(
        !found.files().isEmpty(),
        "%s.images.path: neither images nor archives in %s; read are %s and tar, tar.gz, tgz, zip",
        inspection.setting(),
        path,
        Image.endings());
    return found;
  }

  @Override
  public FoundFiles findLabelled(Inspection inspection) {
    ClassFolders folders = ClassFolders.of(path, inspection.hadoop());
    return find(inspection)
        .only(
            file -> Archive.isNamed(file.getPath().getName()) || !folders.isOutside(file.getPath()),
            "in no class's folder");
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    String setting = inspection.setting() + ".images";
    Task task =
        inspection.task(Labels.ONLY).orElseGet(() -> Tasks.suggestedBy(LabelFacts.ofNames()));
    require(
        task.hasClasses(), "%s: folders name classes; data.task must be classification", setting);
    require(
        labelFromFolder == null || labelFromFolder,
        "%s.labelFromFolder: the folders of these pictures are their labels; leave it out",
        setting);
    PictureFiles pictures = PictureFiles.find(inspection, this);
    List<Integer> shape = shape(inspection, pictures.first(inspection));
    return new SourceFacts(
            List.of(new Input(shape, Kind.BYTE)),
            inspection.stated(
                new Labels(task, 1, List.of()).withClasses(pictures.byClass().keySet())),
            OptionalLong.of(pictures.count()))
        .withRemarks(pictures.remarks(shape));
  }

  /** Where no size is set, that of the training pictures, and for these the first one's. */
  private List<Integer> shape(Inspection inspection, Image first) {
    List<Integer> known =
        inspection
            .training()
            .map(training -> training.inputs().get(0).shape())
            .filter(shape -> shape.size() == 3)
            .orElse(List.of(COLOURS, first.height(), first.width()));
    return List.of(
        channels == null ? known.get(0) : channels,
        height == null ? known.get(1) : height,
        width == null ? known.get(2) : width);
  }

  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".images";
    find(inspection);
    InputPlan plan =
        InputPlan.ofNumbers(
            setting, PictureRows.IMAGE, labelFromFolder != null && labelFromFolder, keep, model);
    List<Integer> shape = plan.shapes().get(0).sizes();
    require(
        shape.size() == 3 && (shape.get(0) == 1 || shape.get(0) == COLOURS),
        "%s: the model takes %s; images are [1 or 3, height, width]",
        setting,
        shape);
    Inspection.requireAlike(setting + ".channels", channels, shape.get(0), "the model takes");
    Inspection.requireAlike(setting + ".height", height, shape.get(1), "the model takes");
    Inspection.requireAlike(setting + ".width", width, shape.get(2), "the model takes");
    return plan;
  }

  @Override
  public Images ofShape(List<Integer> shape) {
    return new Images(path, shape.get(1), shape.get(2), shape.get(0), resize, labelFromFolder);
  }

  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return false;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    boolean labelled = selection.values().contains(TableColumns.LABEL);
    return new PictureRows(
        new Picture(List.of(channels, height, width), resize),
        labelled ? ClassFolders.of(path, hadoop) : null,
        selection);
  }
}
