package dev.braid.driver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.data.DataFacts;
import dev.braid.driver.data.DataSettings;
import dev.braid.driver.data.NetworkNeeds;
import dev.braid.driver.data.Preflight;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.Columns;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.example.Beside;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvTest {
  private static final String IRISES =
      """
      length, width, species
      5.1, 3.5, setosa
      7.0, 3.2, versicolor

      6.3, 3.3, virginica
      5.0, 3.6, setosa
      """;

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Csv csv(Path path, String label) {
    return Sources.csv(path.toString(), null, null, List.of(label.split("\\+")), null, null);
  }

  private static SourceFacts facts(Csv csv) {
    return check(csv, null, null).train();
  }

  private static DataFacts check(Source train, Source test, Task task) {
    return Sources.check(new DataSettings(train, test, null, task, null, null, null));
  }

  private static String refusal(Source train, Task task) {
    return assertThrows(IllegalArgumentException.class, () -> check(train, null, task))
        .getMessage();
  }

  @Test
  void check_labelByName_givesSortedClasses() throws IOException {
    SourceFacts facts = facts(csv(write("irises.csv", IRISES), "species"));

    assertEquals(List.of(2), facts.inputs().get(0).shape());
    assertEquals(
        new Labels(Tasks.named("classification"), 1, List.of("setosa", "versicolor", "virginica")),
        facts.outputs().get(0));
    assertEquals(OptionalLong.of(4), facts.numExamples());
  }

  private Labels timeSteps(String rows) throws IOException {
    Csv csv = csv(write("steps.csv", "x,a,b\n" + rows), "a+b");
    return check(csv, null, Tasks.named("classification")).train().outputs().get(0);
  }

  @Test
  void check_classesOfTimeSteps_keepTheIdsTheyAreWrittenWith() throws IOException {
    assertEquals(List.of("0", "1", "2", "3", "4", "5"), timeSteps("1,5,1\n2,1,2\n").classes());
    assertEquals(List.of("0", "1.0", "2"), timeSteps("1,1.0,2\n").classes());
    assertEquals(List.of("DET", "NOUN"), timeSteps("1,NOUN,DET\n").classes());
    assertEquals(List.of("-1", "4"), timeSteps("1,4,-1\n").classes());
    assertEquals(List.of("7", "90000"), timeSteps("1,7,90000\n").classes());
    SourceFacts single = facts(csv(write("one.csv", "x,y\n1,5\n2,1\n"), "y"));
    assertEquals(List.of("1", "5"), single.outputs().get(0).classes());
  }

  @Test
  void check_classesOfTimeSteps_reachAsFarAsTheNetworksUnits() throws IOException {
    Csv train = csv(write("train.csv", "x,a,b\n1,2,1\n2,1,2\n"), "a+b");
    Csv test = csv(write("test.csv", "x,a,b\n1,4,0\n"), "a+b");
    DataSettings settings =
        new DataSettings(train, test, null, Tasks.named("classification"), null, null, null);
    NetworkNeeds needs = new NetworkNeeds(List.of(5), Set.of(), Map.of());
    DataFacts facts = Preflight.check(settings, new Configuration(), found -> needs, List.of());
    assertEquals(List.of("0", "1", "2", "3", "4"), facts.train().outputs().get(0).classes());
    assertThrows(IllegalArgumentException.class, () -> Sources.check(settings));
  }

  @Test
  void check_labelsThatAreNumbers_withALossForNumbers_mustBeToldApart() throws IOException {
    NetworkNeeds needs = new NetworkNeeds(List.of(1), Set.of(0), Map.of());
    Csv whole = csv(write("whole.csv", "x,y\n1,10\n2,30\n3,20\n"), "y");
    assertTrue(
        untold(whole, needs)
            .contains("the labels in [y] are numbers, and the loss is one for numbers; are they"),
        untold(whole, needs));
    for (Task task : List.of(Tasks.named("classification"), Tasks.named("regression"))) {
      DataSettings told = new DataSettings(whole, null, null, task, null, null, null);
      assertEquals(
          task,
          Preflight.check(told, new Configuration(), found -> needs, List.of())
              .train()
              .outputs()
              .get(0)
              .task());
    }
    assertEquals(
        Tasks.named("classification"),
        facts(whole).outputs().get(0).task()); // by cross-entropy, say
    Csv words = csv(write("words.csv", "x,y\n1,a\n2,b\n"), "y");
    DataSettings named = new DataSettings(words, null, null, null, null, null, null);
    assertEquals(
        List.of("a", "b"),
        Preflight.check(named, new Configuration(), found -> needs, List.of())
            .train()
            .outputs()
            .get(0)
            .classes());
  }

  @Test
  void check_marksOfMissingValues_amongLabelsThatAreNumbers_areNoClasses() throws IOException {
    for (String mark : List.of("nan", "NA", "?")) {
      Csv csv = csv(write("marked.csv", "x,y\n1,0.5\n2,%s\n3,1.5\n".formatted(mark)), "y");
      String problem = untold(csv, NetworkNeeds.NONE);
      assertTrue(
          problem.contains("are numbers and " + mark + ", which stands for a missing one"),
          problem);
    }
    Csv words = csv(write("words.csv", "x,y\n1,NA\n2,EU\n3,?\n"), "y");
    assertEquals(List.of("?", "EU", "NA"), facts(words).outputs().get(0).classes());
  }

  @Test
  void check_oneNumberWrittenInTwoWays_isNotTwoClasses() throws IOException {
    Csv csv = csv(write("twice.csv", "x,y\n1,0\n2,1\n3,1.0\n4,0\n"), "y");
    String problem = untold(csv, NetworkNeeds.NONE);
    assertTrue(problem.contains("have '1' and '1.0', which is one number"), problem);
    DataSettings told =
        new DataSettings(csv, null, null, Tasks.named("classification"), null, null, null);
    assertEquals(
        List.of("0", "1", "1.0"),
        Preflight.check(told, new Configuration(), facts -> NetworkNeeds.NONE, List.of())
            .train()
            .outputs()
            .get(0)
            .classes());
  }

  private static String untold(Csv csv, NetworkNeeds needs) {
    DataSettings settings = new DataSettings(csv, null, null, null, null, null, null);
    return assertThrows(
            IllegalArgumentException.class,
            () -> Preflight.check(settings, new Configuration(), found -> needs, List.of()))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource({"-1", "2", "species"})
  void check_label_isANameOrANumber(String label) throws IOException {
    assertEquals(
        3, facts(csv(write("irises.csv", IRISES), label)).outputs().get(0).classes().size());
  }

  @Test
  void check_task_isWhatTheLabelsSuggest() throws IOException {
    Path path = write("n.csv", "x,whole,decimal,word\n1,10,0.5,b\n2,9,1.5,a\n3,10,2,a\n");
    assertEquals(
        new Labels(Tasks.named("classification"), 1, List.of("9", "10")),
        facts(select(path, "whole")).outputs().get(0));
    assertEquals(
        new Labels(Tasks.named("regression"), 1, List.of()),
        facts(select(path, "decimal")).outputs().get(0));
    assertEquals(
        new Labels(Tasks.named("classification"), 1, List.of("a", "b")),
        facts(select(path, "word")).outputs().get(0));
    assertEquals(
        new Labels(Tasks.named("regression"), 2, List.of()),
        facts(select(path, "whole+decimal")).outputs().get(0));
  }

  private static Csv select(Path path, String label) {
    return Sources.csv(
        path.toString(), null, null, List.of(label.split("\\+")), List.of("x"), null);
  }

  @Test
  void check_manyWholeNumbers_asksWhetherTheyAreClasses() throws IOException {
    StringBuilder text = new StringBuilder("x,price\n");
    for (int i = 0; i < 200; i++) {
      text.append(i).append(',').append(1000 + i).append('\n');
    }
    Csv csv = csv(write("prices.csv", text.toString()), "price");
    assertTrue(
        refusal(csv, null)
            .contains(
                "the labels are 200 different whole numbers; are they classes or numbers to"
                    + " predict? set data.task to classification or regression"));
    assertEquals(
        Tasks.named("regression"),
        check(csv, null, Tasks.named("regression")).train().outputs().get(0).task());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5.1,3.5|row 3: 2 fields, expected 3",
        "5.1,3.5,a,b|row 3: 4 fields, expected 3",
        "5.1,three,a|row 3: column 'width' holds 'three', which is not a number",
        "5.1,,a|row 3: column 'width' is empty",
        "NaN,1,a|row 3: column 'length' is not finite: NaN",
        "5.1,3.5,|row 3: column 'species' is empty; every row needs a label",
      })
  void check_badRow_isNamedWithFileAndRow(String row, String expected) throws IOException {
    Path path = write("bad.csv", "length,width,species\n5,3,a\n" + row + "\n5,3,b\n");
    assertEquals("file:" + path + ", " + expected, refusal(csv(path, "species"), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "specie|data.train.csv.label: there is no column 'specie'; did you mean 'species'?;"
            + " columns: length, width, species",
        "7|data.train.csv.label: there is no column 7; there are 3, counted from 0",
      })
  void check_wrongColumn_isNamedWithTheNearest(String label, String expected) throws IOException {
    assertEquals(expected, refusal(csv(write("irises.csv", IRISES), label), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,a,b|row 1: the header names column 'a' twice",
        "a,,b|row 1: the header has no name for column 1; name it, or set features to the columns"
            + " to learn from",
        ",,|row 1: the header names no column",
        "5.1,3.5,0|row 1: the header is nothing but numbers; if the file has none, set header to"
            + " false",
      })
  void check_brokenHeader_isNamed(String header, String expected) throws IOException {
    Path path = write("bad.csv", header + "\n1,2,3\n");
    assertEquals("file:" + path + ", " + expected, refusal(csv(path, "-1"), null));
  }

  @Test
  void check_columnWithoutName_isNoMatterWhereFeaturesAreNamed() throws IOException {
    Path path = write("index.csv", ",x,y\n0,1,a\n1,2,b\n"); // as pandas writes its index
    assertEquals(List.of("a", "b"), facts(select(path, "y")).outputs().get(0).classes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-0,442|numbers are read with a decimal point",
        "1.234,5|numbers are read with a decimal point",
        "NA|if it stands for a missing value set data.train.csv.columns: {x: {missing: median}}",
        "?|if it stands for a missing value set data.train.csv.columns: {x: {missing: median}}",
        "tall|for text set data.train.csv.columns: {x: {categories: auto}}",
      })
  void check_textInAColumnOfNumbers_isToldApart_withTheWayOut(String value, String expected)
      throws IOException {
    Path path = write("t.csv", "x;y\n" + value + ";1\n");
    Csv csv = Sources.csv(path.toString(), null, ";", List.of("y"), null, null);
    String start = "file:%s, row 2: column 'x' holds '%s', which is not a number; ";
    assertTrue(refusal(csv, null).startsWith(start.formatted(path, value) + expected));
  }

  @Test
  void check_markOfAMissingValueThatIsNotKnown_isRefusedWithThoseThatAre() throws IOException {
    Path path = write("m.csv", "x,y\n1,1\nNA,2\n--,2\n");
    ColumnSettings median =
        new ColumnSettings(null, null, null, null, "median", null, null, null, null, null);
    Csv csv =
        new Csv(
            path.toString(), null, null, List.of("y"), null, null, null, null, Map.of("x", median));
    String message = refusal(csv, null);
    assertTrue(message.contains("row 4: column 'x' holds '--', which is not a number; as missing"));
    assertTrue(message.contains(" NA NAN NULL "), message);
  }

  @Test
  void check_withoutHeader_columnsHaveNumbers() throws IOException {
    Path path = write("plain.csv", "1;2;x\n3;4;y\n");
    Csv plain = Sources.csv(path.toString(), false, ";", List.of("2"), List.of("0..1"), null);
    assertEquals(List.of("x", "y"), facts(plain).outputs().get(0).classes());
    Path named = write("named.csv", "a;b;c\n3;4;y\n");
    assertEquals(
        "file:"
            + named
            + ", row 1: column '0' holds 'a', which is not a number; if this row is a header, set"
            + " header to true",
        refusal(Sources.csv(named.toString(), false, ";", List.of("2"), null, null), null));
  }

  private static Columns find(List<String> names, String... features) {
    TableColumns wanted = TableColumns.of(List.of("e"), List.of(features), null, null, null, null);
    return Columns.find("data", names, Set.of(), wanted, Beside.NONE);
  }

  @Test
  void check_features_areNamesNumbersAndRanges_inTheirOrder() {
    List<String> names = List.of("a", "b", "c", "d", "e");
    assertEquals(
        new Columns(List.of(List.of("d", "a", "b", "c")), List.of(List.of("e")), List.of(true)),
        find(names, "3", "a..c"));
    assertThrows(IllegalArgumentException.class, () -> find(names, "a", "a..c"));
    assertThrows(IllegalArgumentException.class, () -> find(names, "c..a"));
    assertThrows(IllegalArgumentException.class, () -> find(names, "a..e"));
  }

  @Test
  void check_secondFileWithoutAColumn_isNamed_inAnotherOrderItIsNot() throws IOException {
    write("a.csv", "x,y\n1,2\n");
    write("b.csv", "y,z,x\n2,text,1\n");
    assertEquals(OptionalLong.of(2), facts(csv(folder, "y")).numExamples());
    Path third = write("c.csv", "y,z\n1,2\n");
    assertEquals(
        "file:" + third + ", row 1: there is no column 'x': y, z", refusal(csv(folder, "y"), null));
  }

  @Test
  void check_packedFile_isLookedInto() throws IOException {
    Path path = folder.resolve("irises.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      out.write(IRISES.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(OptionalLong.of(4), facts(csv(path, "species")).numExamples());
  }

  @Test
  void check_testLabelThatIsNew_isNamedWithFileAndRow() throws IOException {
    Csv train = csv(write("train.csv", IRISES), "species");
    Path path = write("test.csv", "length,width,species\n1,2,setosa\n1,2,virgnica\n");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> check(train, csv(path, "species"), null));
    assertEquals(
        "file:"
            + path
            + ", row 3: column 'species': label 'virgnica' is none of the 3 known classes"
            + " (setosa, versicolor, virginica); did you mean 'virginica'?",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "regression|label 'setosa' is not a number, as data.task regression asks for",
        "multiLabel|label 'setosa' is not a number, as data.task multiLabel asks for",
      })
  void check_labelThatDoesNotFitTheTask_isNamed(String task, String expected) throws IOException {
    Path path = write("irises.csv", IRISES);
    assertEquals(
        "file:" + path + ", row 2: column 'species': " + expected,
        refusal(csv(path, "species"), Tasks.named(task)));
  }

  @Test
  void check_inputShape_mustHoldTheFeatures() throws IOException {
    Path path = write("irises.csv", IRISES);
    assertEquals(
        "inputShape [3, 4] asks for 12 numbers, but an input has 2",
        refusal(
            Sources.csv(path.toString(), null, null, List.of("species"), null, Shape.of(3, 4)),
            null));
  }
}
