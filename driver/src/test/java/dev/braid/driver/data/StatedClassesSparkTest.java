package dev.braid.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.driver.LocalSpark;
import dev.braid.driver.source.Sources;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatedClassesSparkTest {
  @TempDir private Path folder;

  private DataSettings settings(String json) throws IOException {
    return new ObjectMapper()
        .readValue(
            json.replace('\'', '"').replace("FOLDER", folder.toString()), DataSettings.class);
  }

  private static List<String> classes(DataSettings settings) {
    return Sources.check(settings).train().outputs().get(0).classes();
  }

  private static String refused(DataSettings settings) {
    return assertThrows(IllegalArgumentException.class, () -> Sources.check(settings)).getMessage();
  }

  /** How often each class's index occurs. */
  private static Map<Float, Integer> labels(DataSettings settings) {
    DataFacts facts = Sources.check(settings);
    try (TrainingData data = TrainingData.load(LocalSpark.session(), settings, facts, 1, 5)) {
      Map<Float, Integer> counts = new TreeMap<>();
      data.train()
          .rdd()
          .flatMap(
              shard -> {
                List<Float> labels = new java.util.ArrayList<>();
                float[] label = new float[1];
                for (int i = 0; i < shard.size(); i++) {
                  shard.label(0).read(i, label, 0);
                  labels.add(label[0]);
                }
                return labels.iterator();
              })
          .collect()
          .forEach(label -> counts.merge(label, 1, Integer::sum));
      return counts;
    }
  }

  @Test
  void classes_keepTheirOrder_andNoneNeedsAnExample() throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,kind\n1,a\n2,c\n3,a\n");
    DataSettings settings =
        settings(
            "{'train': {'csv': {'path': 'FOLDER/t.csv', 'label': 'kind'}}, 'classes': ['d', 'c',"
                + " 'b', 'a']}");
    assertEquals(List.of("d", "c", "b", "a"), classes(settings));
    assertEquals(Map.of(1f, 1, 3f, 2), labels(settings));
  }

  @Test
  void classes_inAFile_areThoseOfItsLines_evenWhereTheyAreNumbers() throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,kind\n1,7\n2,3\n");
    Files.writeString(folder.resolve("classes.txt"), "3\n5\n\n7\n");
    DataSettings settings =
        settings(
            "{'train': {'csv': {'path': 'FOLDER/t.csv', 'label': 'kind'}}, 'classes':"
                + " 'FOLDER/classes.txt'}");
    assertEquals(List.of("3", "5", "7"), classes(settings));
    assertEquals(Map.of(0f, 1, 2f, 1), labels(settings));
  }

  @Test
  void classes_ofOneOutput_leaveTheOthersAlone() throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,kind,other\n1,a,p\n2,c,q\n");
    String outputs =
        "{'train': {'csv': {'path': 'FOLDER/t.csv', 'inputs': {'x': {'columns': 'x'}}, 'outputs':"
            + " {'kind': {'columns': 'kind', 'classes': ['c', 'b', 'a']}, 'other': {'columns':"
            + " 'other'}}}}%s}";
    var found = Sources.check(settings(outputs.formatted(""))).train().outputs();
    assertEquals(List.of("c", "b", "a"), found.get(0).classes());
    assertEquals(List.of("p", "q"), found.get(1).classes());
    assertEquals(
        "data.classes are those of the only output, but there are the outputs kind, other; give"
            + " each its classes beside its columns",
        refused(settings(outputs.formatted(", 'classes': ['a', 'b']"))));
  }

  @Test
  void label_outsideThem_isToldWithItsRow_orLeftOutWhereThatIsAllowed() throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,kind\n1,a\n2,cc\n3,a\n4,d\n");
    String job =
        "{'train': {'csv': {'path': 'FOLDER/t.csv', 'label': 'kind'}}, 'classes': ['d', 'c',"
            + " 'a']%s}";
    String message = refused(settings(job.formatted("")));
    assertEquals(
        "t.csv, row 3: column 'kind': label 'cc' is none of the 3 known classes (d, c, a); did you"
            + " mean 'c'?",
        message.substring(message.indexOf("t.csv")));
    assertEquals(
        Map.of(0f, 1, 2f, 2), labels(settings(job.formatted(", 'broken': {'atMost': 0.5}"))));
  }

  @Test
  void folders_areHeldToThem_andKeepTheirOrder() throws IOException {
    for (String name : List.of("cat", "dog")) {
      Files.createDirectories(folder.resolve("pictures/" + name));
      ImageIO.write(
          new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB),
          "png",
          folder.resolve("pictures/" + name + "/1.png").toFile());
    }
    String job = "{'train': {'images': {'path': 'FOLDER/pictures'}}, 'classes': %s}";
    assertEquals(
        List.of("dog", "fox", "cat"), classes(settings(job.formatted("['dog', 'fox', 'cat']"))));
    assertEquals(
        "data.train: label 'cat' is none of the 2 known classes (dog, fox)",
        refused(settings(job.formatted("['dog', 'fox']"))));
  }

  @Test
  void contradictions_areRefused() throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,kind\n1,2\n2,3\n");
    String job = "{'train': {'csv': {'path': 'FOLDER/t.csv', 'label': 'kind'}}, %s}";
    assertEquals(
        "data.classes names class 'a' twice",
        refused(settings(job.formatted("'classes': ['a', 'a']"))));
    assertEquals(
        "data.classes: classes are two at least, but there is only 'a'",
        refused(settings(job.formatted("'classes': ['a']"))));
    assertEquals(
        "the classes of output 'output' are stated, but its task is regression, which has none;"
            + " leave one out",
        refused(settings(job.formatted("'classes': ['2', '3'], 'task': 'regression'"))));
  }
}
