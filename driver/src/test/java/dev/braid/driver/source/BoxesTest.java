package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.data.DataSettings;
import dev.braid.driver.source.boxes.BoxFiles;
import dev.braid.driver.source.boxes.Coco;
import dev.braid.driver.source.boxes.Voc;
import dev.braid.driver.source.boxes.YoloText;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.task.detection.Anchor;
import dev.braid.worker.task.detection.BoxLabel;
import dev.braid.worker.task.detection.LabelledBox;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures 40 wide and 20 high with boxes, in the formats of Pascal VOC, COCO and YOLO. */
class BoxesTest {
  private static final Configuration HADOOP = new Configuration(false);

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    for (String name : List.of("a", "b")) {
      BufferedImage image = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
      assertTrue(ImageIO.write(image, "png", folder.resolve("pictures/" + name + ".png").toFile()));
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String object(String name, int left, int top, int right, int bottom) {
    return ("<object><name>%s</name><bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax>"
            + "<ymax>%d</ymax></bndbox></object>")
        .formatted(name, left, top, right, bottom);
  }

  private void voc(String name, String... objects) throws IOException {
    voc(name, 40, 20, objects);
  }

  private void voc(String name, int width, int height, String... objects) throws IOException {
    write(
        "voc/" + name + ".xml",
        "<annotation><size><width>%d</width><height>%d</height></size>%s</annotation>"
            .formatted(width, height, String.join("", objects)));
  }

  private Boxes boxes(BoxFiles labels, String only) {
    String names = only == null ? null : folder.resolve(only).toString();
    return new Boxes(folder.resolve("pictures").toString(), labels, names, 10, 10, 1, 2);
  }

  private Boxes vocBoxes() {
    return boxes(new Voc(folder.resolve("voc").toString()), null);
  }

  private static SourceFacts inspect(Boxes boxes) {
    return Sources.check(new DataSettings(boxes, null, null, null, null, null, null)).train();
  }

  private static String refusal(Boxes boxes) {
    return assertThrows(WrongSettings.class, () -> inspect(boxes)).getMessage();
  }

  /** The rows of all pictures. */
  private static List<Placed<Object[]>> rows(Boxes boxes) throws IOException {
    List<Placed<Object[]>> rows = new ArrayList<>();
    Selection selection = new Selection(List.of("image", "label"), List.of(), 2);
    for (FileStatus file : boxes.findLabelled(Inspection.of(HADOOP)).files()) {
      try (Parts.Rows<Object[]> part = boxes.rows(HADOOP, file, selection)) {
        for (Placed<Object[]> row = part.next(); row != null; row = part.next()) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  /** The objects of each picture, as a network gets them. */
  private static List<List<LabelledBox>> objects(Boxes boxes) throws IOException {
    SourceFacts facts = inspect(boxes);
    List<List<LabelledBox>> objects = new ArrayList<>();
    for (Placed<Object[]> row : rows(boxes)) {
      assertEquals(100, ((byte[]) row.value()[0]).length, "10 x 10 in grey");
      List<?> written = RowEncoder.labels(row.value()[1], "label", facts.outputs().get(0).width());
      float[] label = new float[written.size()];
      for (int i = 0; i < label.length; i++) {
        label[i] =
            written.get(i) == null
                ? Float.NaN
                : facts.outputs().get(0).codec().number(String.valueOf(written.get(i)));
      }
      objects.add(BoxLabel.objects(label, 0));
    }
    return objects;
  }

  private static void requireTheTwo(List<List<LabelledBox>> objects) {
    assertEquals(2, objects.size());
    assertEquals(List.of(1, 0), objects.get(0).stream().map(LabelledBox::label).toList());
    double[] box = {
      objects.get(0).get(0).box().left(),
      objects.get(0).get(0).box().top(),
      objects.get(0).get(0).box().right(),
      objects.get(0).get(0).box().bottom()
    };
    assertArrayEquals(new double[] {0.25, 0.5, 0.75, 1}, box, 1e-7);
    assertEquals(List.of(), objects.get(1), "no object is an answer");
  }

  @Test
  void voc_hasCornersInPixels_andPicturesWithoutObjects() throws IOException {
    voc("a", object("red", 10, 10, 30, 20), object("blue", 0, 0, 40, 20));
    voc("b");
    SourceFacts facts = inspect(vocBoxes());
    assertEquals(List.of("blue", "red"), facts.outputs().get(0).classes());
    assertEquals(11, facts.outputs().get(0).width());
    assertEquals(List.of(1, 10, 10), facts.inputs().get(0).shape());
    assertEquals(OptionalLong.of(2), facts.numExamples());
    requireTheTwo(objects(vocBoxes()));
    assertEquals(
        List.of(new Anchor(0.5, 0.5), new Anchor(1, 1)), vocBoxes().shapes("data", HADOOP));
  }

  @Test
  void coco_hasOneFileForAll_withCrowdsLeftOut() throws IOException {
    write(
        "coco.json",
        """
        {"images": [{"id": 7, "file_name": "deep/a.png", "width": 40, "height": 20},
                    {"id": 8, "file_name": "b.png", "width": 40, "height": 20}],
         "categories": [{"id": 3, "name": "red"}, {"id": 5, "name": "blue"}],
         "annotations": [{"image_id": 7, "category_id": 3, "bbox": [10, 10, 20, 10], "iscrowd": 0},
                         {"image_id": 7, "category_id": 5, "bbox": [0, 0, 40, 20]},
                         {"image_id": 7, "category_id": 5, "bbox": [0, 0, 9, 9], "iscrowd": 1}]}
        """);
    requireTheTwo(objects(boxes(new Coco(folder.resolve("coco.json").toString()), null)));
  }

  @Test
  void yolo_hasSharesOfThePicture_andNoFileForPicturesWithoutObjects() throws IOException {
    write("yolo/a.txt", "1 0.5 0.75 0.5 0.5\n0 0.5 0.5 1 1\n");
    Path labels = folder.resolve("yolo");
    requireTheTwo(objects(boxes(new YoloText(labels.toString(), List.of("blue", "red")), null)));
  }

  @Test
  void archives_holdPicturesAndBoxes() throws IOException {
    voc("a", object("red", 10, 10, 30, 20), object("blue", 0, 0, 40, 20));
    voc("b");
    Path archive = folder.resolve("all.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : List.of("voc/b.xml", "pictures/a.png", "voc/a.xml", "pictures/b.png")) {
        zip.putNextEntry(new ZipEntry(name));
        Files.copy(folder.resolve(name), zip);
      }
    }
    String path = archive.toString();
    requireTheTwo(objects(new Boxes(path, new Voc(path), null, 10, 10, 1, 2)));
  }

  @Test
  void only_takesThePicturesThatAFileNames() throws IOException {
    voc("a", object("red", 10, 10, 30, 20));
    voc("b", object("blue", 10, 10, 30, 20));
    write("train.txt", "b\n\n");
    Boxes some = boxes(new Voc(folder.resolve("voc").toString()), "train.txt");
    assertEquals(List.of("blue"), inspect(some).outputs().get(0).classes());
    assertEquals(1, rows(some).size());
    write("train.txt", "b\nc");
    String refusal = refusal(some);
    assertTrue(refusal.contains("'c' is in ") && refusal.contains("tells of it"), refusal);
  }

  @Test
  void boxes_thatCannotBe_areRefused() throws IOException {
    voc("a", object("red", 10, 10, 41, 20));
    String outside = refusal(vocBoxes());
    assertTrue(
        outside.contains(
            "a.xml: the box of a 'red' lies outside the picture, which is 40 wide and 20 high:"
                + " from (10.0, 10.0) to (41.0, 20.0)"),
        outside);
    voc("a", object("red", 10, 10, 30, 10));
    String flat = refusal(vocBoxes());
    assertTrue(flat.contains("a.xml: a box has an area: from (10.0, 10.0) to (30.0, 10.0)"), flat);
    voc("a", object("red", 1, 1, 3, 3), object("red", 2, 2, 4, 4), object("red", 3, 3, 5, 5));
    String many = refusal(vocBoxes());
    assertTrue(
        many.contains("tells of 3 objects in a picture, more than the 2 of boxes.most"), many);
    voc("a");
    assertTrue(refusal(vocBoxes()).contains("none of the 1 pictures has an object"));
  }

  /** Both would have the boxes that were drawn around the objects of one. */
  @Test
  void pictures_ofTheSameName_areRefused() throws IOException {
    voc("a", object("red", 10, 10, 30, 20));
    Files.createDirectories(folder.resolve("pictures/more"));
    Files.copy(folder.resolve("pictures/b.png"), folder.resolve("pictures/more/a.png"));
    String refusal = refusal(vocBoxes());
    assertTrue(
        refusal.contains("2 pictures in ") && refusal.contains(" are called 'a', but for"),
        refusal);
  }

  @Test
  void thousandObjects_inOnePicture_areRead() throws IOException {
    String[] objects = new String[1000];
    for (int i = 0; i < objects.length; i++) {
      objects[i] = object("red", i % 39, i % 19, i % 39 + 1, i % 19 + 1);
    }
    voc("a", objects);
    Boxes boxes =
        new Boxes(
            folder.resolve("pictures").toString(),
            new Voc(folder.resolve("voc").toString()),
            null,
            10,
            10,
            1,
            1000);
    assertEquals(1000, objects(boxes).get(0).size());
  }

  @Test
  void classes_thatTheTrainingHasNot_areRefused() throws IOException {
    voc("a", object("red", 10, 10, 30, 20));
    write("other/a.xml", Files.readString(folder.resolve("voc/a.xml")).replace("red", "green"));
    Boxes test = boxes(new Voc(folder.resolve("other").toString()), null);
    DataSettings settings = new DataSettings(vocBoxes(), test, null, null, null, null, null);
    String refusal = assertThrows(WrongSettings.class, () -> Sources.check(settings)).getMessage();
    assertTrue(refusal.contains("green"), refusal);
  }

  @Test
  void pictures_thatAreMissing_areRefused() throws IOException {
    voc("a", object("red", 10, 10, 30, 20));
    voc("bb", object("red", 10, 10, 30, 20));
    String refusal = refusal(vocBoxes());
    assertTrue(refusal.contains("there is no picture 'bb' in "), refusal);
    assertTrue(refusal.contains("did you mean 'b'?"), refusal);
  }

  @Test
  void pictures_ofAnotherSizeThanTheirXml_areBrokenRows() throws IOException {
    voc("a", 40, 30, object("red", 10, 10, 30, 20));
    Placed<Object[]> row = rows(vocBoxes()).get(0);
    assertTrue(row.isBroken());
    assertTrue(row.problem().contains("the picture is 40 wide and 20 high, but "), row.problem());
    assertTrue(row.problem().endsWith("a.xml says 40 and 30"), row.problem());
  }

  @Test
  void xml_thatNamesOtherFiles_isRefused_unread() throws IOException {
    write("secret.txt", "4");
    write(
        "voc/a.xml",
        ("<!DOCTYPE annotation [<!ENTITY secret SYSTEM \"%s\">]><annotation><size><width>&secret;0"
                + "</width><height>20</height></size></annotation>")
            .formatted(folder.resolve("secret.txt").toUri()));
    String refusal = refusal(vocBoxes());
    assertTrue(refusal.contains("a.xml: no XML that is read here: DOCTYPE is disallowed"), refusal);
    write("voc/a.xml", "<annotation><size>");
    assertTrue(refusal(vocBoxes()).contains("no XML that is read here"));
    write("voc/a.xml", "<annotation/>");
    assertTrue(refusal(vocBoxes()).contains("expected one <size> in <annotation>, found 0"));
  }

  @Test
  void linesAndImages_thatMakeNoSense_areRefused() throws IOException {
    write("yolo/a.txt", "0 0.5 0.5 1 1\n2 0.5 0.5 1 1\n");
    Boxes yolo = boxes(new YoloText(folder.resolve("yolo").toString(), List.of("red")), null);
    String unknown = refusal(yolo);
    assertTrue(unknown.contains("a.txt: line 2: class 2 is none of 0 to 0"), unknown);
    write("yolo/a.txt", "0 0.5 0.5 1.5 1");
    assertTrue(
        refusal(yolo).contains("lies outside the picture: in shares of it from (-0.25, 0.0)"));
    write("coco.json", "{\"images\": [], \"categories\": []}");
    Boxes coco = boxes(new Coco(folder.resolve("coco.json").toString()), null);
    assertTrue(refusal(coco).contains("there is no 'annotations' in {"));
  }
}
