package dev.braid.worker.task.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Boxes are compared, chosen and counted as torchvision and pycocotools do it. */
class DetectionsTest {
  private static final int NUM_SETS = 1000;

  /** Each line of sets.txt.gz, made by detection_sets.py beside it, by its words. */
  private static List<String[]> expected() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(DetectionsTest.class.getResourceAsStream("sets.txt.gz")),
                StandardCharsets.UTF_8))) {
      List<String[]> lines = in.lines().map(line -> line.split(" ")).toList();
      assertEquals(NUM_SETS, lines.size());
      return lines;
    }
  }

  private static Detections counted(RandomSets set) {
    Detections counts = new Detections(set.numClasses());
    for (int i = 0; i < set.pictures().size(); i++) {
      counts.add(i, set.pictures().get(i).found(), set.pictures().get(i).there());
    }
    return counts;
  }

  private static byte[] bytes(Detections counts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      counts.write(out);
    }
    return bytes.toByteArray();
  }

  @Test
  void iou_ofAThousandSets_isTorchvisions() throws IOException {
    List<String[]> expected = expected();
    for (int seed = 0; seed < NUM_SETS; seed++) {
      List<ScoredBox> found = RandomSets.of(seed).pictures().get(0).found();
      double sum = 0;
      for (int i = 0; i < found.size(); i++) {
        for (int k = 0; k < found.size(); k++) {
          sum += found.get(i).box().iou(found.get(k).box()) * (1 + i + 17 * k);
        }
      }
      assertEquals(Double.parseDouble(expected.get(seed)[0]), sum, 1e-8 * Math.max(1, sum));
    }
  }

  @Test
  void suppression_ofAThousandSets_keepsTorchvisionsBoxes() throws IOException {
    List<String[]> expected = expected();
    for (int seed = 0; seed < NUM_SETS; seed++) {
      List<ScoredBox> found = RandomSets.of(seed).pictures().get(0).found();
      Set<ScoredBox> kept = Collections.newSetFromMap(new IdentityHashMap<>());
      kept.addAll(Suppression.keep(found, 0.5, Integer.MAX_VALUE));
      String indices =
          IntStream.range(0, found.size())
              .filter(i -> kept.contains(found.get(i)))
              .mapToObj(String::valueOf)
              .collect(Collectors.joining(","));
      assertEquals(expected.get(seed)[1], indices.isEmpty() ? "-" : indices, "set " + seed);
    }
  }

  @Test
  void precision_ofAThousandSets_isPycocotools() throws IOException {
    List<String[]> expected = expected();
    int numTies = 0;
    int numEmpty = 0;
    for (int seed = 0; seed < NUM_SETS; seed++) {
      RandomSets set = RandomSets.of(seed);
      Detections counts = counted(set);
      String[] line = expected.get(seed);
      assertEquals(orNone(line[2]), counts.meanPrecision(), 1e-8, "mAP of set " + seed);
      assertEquals(orNone(line[3]), counts.meanPrecision(0), 1e-8, "mAP at 0.5 of set " + seed);
      for (int label = 0; label < set.numClasses(); label++) {
        double each = counts.averagePrecision(label, 0);
        assertEquals(orNone(line[4 + label]), each, 1e-8, "class " + label + " of set " + seed);
        numEmpty += Double.isNaN(each) ? 1 : 0;
      }
      List<ScoredBox> all = set.pictures().stream().flatMap(one -> one.found().stream()).toList();
      numTies += all.stream().map(ScoredBox::score).distinct().count() < all.size() ? 1 : 0;
    }
    assertTrue(numTies > NUM_SETS / 2 && numEmpty > 100, numTies + " and " + numEmpty);
  }

  private static double orNone(String number) {
    double value = Double.parseDouble(number);
    return value < 0 ? Double.NaN : value;
  }

  @Test
  void counts_inWhateverOrderTheyCameTogether_areTheSameBytes() throws IOException {
    SplitMix random = SplitMix.stream(3);
    for (int seed = 0; seed < 50; seed++) {
      RandomSets set = RandomSets.of(seed);
      byte[] inOrder = bytes(counted(set));
      List<Detections> parts = new ArrayList<>();
      int[] order = SplitMix.permutation(set.pictures().size(), random.nextLong());
      for (int i : order) {
        Detections part = new Detections(set.numClasses());
        part.add(i, set.pictures().get(i).found(), set.pictures().get(i).there());
        Detections sent = new Detections(set.numClasses());
        sent.read(new DataInputStream(new ByteArrayInputStream(bytes(part))));
        parts.add(sent);
      }
      Detections merged = new Detections(set.numClasses());
      parts.forEach(merged::merge);
      assertArrayEquals(inOrder, bytes(merged));
      assertEquals(counted(set).meanPrecision(), merged.meanPrecision());
    }
  }

  @Test
  void boxes_beyondTheHundredSurestOfAPicture_countNothing() {
    List<ScoredBox> found = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      found.add(new ScoredBox(new Box(i, 0, i + 0.5, 1), 0, 1 - i / 1000f));
    }
    Detections counts = new Detections(1);
    counts.add(0, found, List.of(new LabelledBox(new Box(120, 0, 120.5, 1), 0)));
    assertEquals(0, counts.averagePrecision(0, 0));
    assertEquals(100, counts.numFound(0));
  }
}
