package dev.braid.worker.task.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The course's grid of 3x3 cells with a tall anchor and a wide one, of three classes. */
class YoloTest {
  private static final Anchor TALL = new Anchor(0.15, 0.45);
  private static final Anchor WIDE = new Anchor(0.45, 0.15);
  private static final Yolo YOLO = Yolo.of(List.of(TALL, WIDE));
  private static final int PEDESTRIAN = 0;
  private static final int CAR = 1;
  private static final int SLOT = 8;

  private static LabelledBox object(double x, double y, Anchor size, int label) {
    return new LabelledBox(Box.around(x, y, size.height(), size.width()), label);
  }

  private static float[] label(LabelledBox... objects) {
    return BoxLabel.of(List.of(objects), BoxLabel.width(objects.length));
  }

  private static List<Integer> owners(float... label) {
    Assignment assignment = new Assignment(YOLO.anchors());
    assignment.take(label, 0, 3, 3);
    List<Integer> owners = new ArrayList<>();
    for (int slot = 0; slot < assignment.numSlots(); slot++) {
      owners.add(assignment.owner(slot));
    }
    return owners;
  }

  /** Of 18 slots one owner each, -1 where there is none. */
  private static List<Integer> expected(int... slotsOfObjects) {
    Integer[] owners = new Integer[18];
    Arrays.fill(owners, Assignment.NONE);
    for (int i = 0; i < slotsOfObjects.length; i++) {
      if (slotsOfObjects[i] >= 0) {
        owners[slotsOfObjects[i]] = i;
      }
    }
    return List.of(owners);
  }

  @Test
  void objects_ofOneCell_goToTheAnchorsOfTheirShape() {
    // The pedestrian stands before the car: both centres lie in the lower cell of the middle.
    LabelledBox car = object(0.5, 0.8, new Anchor(0.5, 0.2), CAR);
    LabelledBox pedestrian = object(0.5, 0.75, new Anchor(0.1, 0.4), PEDESTRIAN);
    int cell = 2 * 3 + 1;
    assertEquals(expected(2 * cell + 1, 2 * cell), owners(label(car, pedestrian)));
    assertEquals(18, owners(label(car)).size());
  }

  @Test
  void objects_ofTheSameShapeInOneCell_takeTheNextBestAnchor_thenNone() {
    LabelledBox car = object(0.1, 0.1, WIDE, CAR);
    assertEquals(expected(1, 0, -1), owners(label(car, car, car)));
  }

  @Test
  void centres_onTheLowerRightEdge_belongToTheLastCell() {
    assertEquals(expected(16), owners(label(object(1, 1, TALL, PEDESTRIAN))));
    assertEquals(expected(0), owners(label(object(0, 0, TALL, PEDESTRIAN))));
    assertEquals(2, Assignment.cell(1, 3));
    assertEquals(1, Assignment.cell(0.5, 3));
  }

  private static double loss(double[] outputs, float[] label, double[] gradient) {
    return new YoloPass(YOLO, 3).on(3, 3).loss(outputs, 0, label, 0, 1, gradient);
  }

  @Test
  void loss_ofOneObject_byHand() {
    float[] label = label(object(0.5, 0.5, WIDE, CAR));
    double[] outputs = new double[18 * SLOT];
    int at = (2 * 4 + 1) * SLOT;
    // The other slots say pc = 1/2; only that of the other anchor overlaps, by 0.2.
    double background = 17 * Math.log(2);
    // Its centre is the cell's, its size the anchor's: as far as can be said by numbers of 0.
    double place = (2 - 0.45 * 0.15) * 2 * Math.log(2);
    double[] gradient = new double[outputs.length];
    double value = loss(outputs, label, gradient);
    assertEquals(background + Math.log(2) + place + Math.log(3), value, 1e-6);
    double[] ofObject = Arrays.copyOfRange(gradient, at, at + SLOT);
    assertArrayEquals(new double[] {-0.5, 0, 0, 0, 0, 1 / 3.0, -2 / 3.0, 1 / 3.0}, ofObject, 1e-6);
    double[] ofOther = Arrays.copyOfRange(gradient, at - SLOT, at);
    assertArrayEquals(new double[] {0.5, 0, 0, 0, 0, 0, 0, 0}, ofOther);

    outputs[at + 4] = 0.5;
    assertEquals(value + (2 - 0.45 * 0.15) * 0.125, loss(outputs, label, null), 1e-6);
  }

  @Test
  void loss_ofASlotWhoseBoxIsNearlyRight_isNothing() {
    float[] label = label(object(0.5, 0.5, WIDE, CAR));
    double[] outputs = new double[18 * SLOT];
    double before = loss(outputs, label, null);
    int at = 2 * 4 * SLOT;
    outputs[at + 3] = Math.log(0.15 / 0.45);
    outputs[at + 4] = Math.log(0.45 / 0.15);
    double[] gradient = new double[outputs.length];
    assertEquals(before - Math.log(2), loss(outputs, label, gradient), 1e-9);
    assertArrayEquals(new double[SLOT], Arrays.copyOfRange(gradient, at, at + SLOT));
  }

  @Test
  void loss_ofAPictureWithoutObjects_isThatOfTheBackground() {
    double[] gradient = new double[18 * SLOT];
    assertEquals(
        18 * Math.log(2), loss(new double[18 * SLOT], BoxLabel.of(List.of(), 6), gradient), 1e-12);
    for (int i = 0; i < gradient.length; i++) {
      assertEquals(i % SLOT == 0 ? 0.5 : 0, gradient[i]);
    }
  }

  private static float[] randomLabel(SplitMix random) {
    LabelledBox[] objects = new LabelledBox[random.nextInt(7)];
    for (int i = 0; i < objects.length; i++) {
      Anchor size = new Anchor(0.05 + random.nextDouble(), 0.05 + random.nextDouble());
      objects[i] = object(random.nextDouble(), random.nextDouble(), size, random.nextInt(3));
    }
    return label(objects);
  }

  @Test
  void gradient_matchesFiniteDifferences_withWeights() {
    Yolo yolo = new Yolo(List.of(TALL, WIDE), 0.4, 5.0, 0.5);
    YoloPass pass = new YoloPass(yolo, 3).on(2, 4);
    SplitMix random = SplitMix.stream(11);
    double step = 1e-6;
    for (int round = 0; round < 10; round++) {
      float[] label = randomLabel(random);
      double[] outputs = new double[3 + pass.size()];
      Arrays.setAll(outputs, i -> random.nextGaussian());
      double[] gradient = new double[outputs.length];
      pass.loss(outputs, 3, label, 0, 0.25, gradient);
      assertArrayEquals(new double[3], Arrays.copyOf(gradient, 3));
      for (int i = 3; i < outputs.length; i++) {
        double own = outputs[i];
        outputs[i] = own + step;
        double above = pass.loss(outputs, 3, label, 0, 1, null);
        outputs[i] = own - step;
        double below = pass.loss(outputs, 3, label, 0, 1, null);
        outputs[i] = own;
        assertEquals((above - below) / (2 * step) / 4, gradient[i], 1e-6, "at " + i);
      }
    }
  }

  @Test
  void answer_ofNumbersThatSayAnObject_isThatObject() {
    double[] outputs = new double[18 * SLOT];
    Arrays.fill(outputs, -9);
    int cell = 5;
    int at = 2 * cell * SLOT;
    double[] object = {9, 0, Math.log(3), Math.log(2), 0, 0, 0, 20};
    System.arraycopy(object, 0, outputs, at, SLOT);
    new YoloPass(YOLO, 3).on(3, 3).answerInPlace(outputs, 0);
    float[] numbers = new float[outputs.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i % (2 * SLOT) * 9 + i / (2 * SLOT)] = (float) outputs[i]; // channels first
    }
    List<ScoredBox> boxes = new Boxes(0.5, 0.5, 10).of(numbers, 3, 9);
    assertEquals(1, boxes.size());
    assertEquals(2, boxes.get(0).label());
    Box expected = Box.around(2.5 / 3, 1.75 / 3, 0.9, 0.15);
    assertEquals(1, expected.iou(boxes.get(0).box()), 1e-5);
  }

  @Test
  void thousandObjects_inOnePicture_areTakenAsFarAsThereAreSlots() {
    SplitMix random = SplitMix.stream(12);
    LabelledBox[] objects = new LabelledBox[1000];
    for (int i = 0; i < objects.length; i++) {
      objects[i] = object(random.nextDouble(), random.nextDouble(), TALL, CAR);
    }
    List<Integer> owners = owners(label(objects));
    assertTrue(owners.stream().noneMatch(owner -> owner == Assignment.NONE));
    assertEquals(18, owners.stream().distinct().count());
    double value = loss(new double[18 * SLOT], label(objects), new double[18 * SLOT]);
    assertTrue(value > 0 && Double.isFinite(value));
  }

  @Test
  void settings_thatMakeNoSense_areRefused() {
    assertEquals(16, YOLO.numUnits(3));
    assertEquals(3, YOLO.numClasses(16));
    assertThrows(IllegalArgumentException.class, () -> YOLO.numClasses(17));
    assertThrows(IllegalArgumentException.class, () -> YOLO.numClasses(10));
    assertThrows(IllegalArgumentException.class, () -> Yolo.of(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Anchor(0, 1));
  }

  @Test
  void oneObject_byHand_andWithoutOnlyItsPresenceCounts() {
    double[] outputs = {9, 0, 0.5, 0.25, 1, 0.5, 0, 0};
    float[] where = {0.5f, 0.75f, 1, 0.5f};
    double[] gradient = new double[8];
    double value = OneObject.of(outputs, 1, 7, where, 0, 4, 1, 1, gradient);
    assertEquals(Math.log(2) + 0.125 + Math.log(2), value, 1e-12);
    assertArrayEquals(new double[] {0, -0.5, 0, -0.5, 0, 0, 0.5, -0.5}, gradient, 1e-12);

    assertEquals(Math.log(2), OneObject.ofNone(outputs, 1, 7, 1, gradient), 1e-12);
    assertArrayEquals(new double[] {0, 0.5, 0, 0, 0, 0, 0, 0}, gradient, 1e-12);
  }

  @Test
  void oneObject_gradientMatchesFiniteDifferences_ofBoxesAndLandmarks() {
    SplitMix random = SplitMix.stream(13);
    double step = 1e-5;
    for (int numClasses : new int[] {0, 3}) {
      int numPlaces = numClasses == 0 ? 10 : 4;
      double[] outputs = new double[1 + numPlaces + numClasses];
      Arrays.setAll(outputs, i -> random.nextGaussian());
      float[] where = new float[numPlaces];
      Arrays.fill(where, 0.3f);
      double[] gradient = new double[outputs.length];
      OneObject.of(outputs, 0, outputs.length, where, 0, numPlaces, 2, 0.5, gradient);
      for (int i = 0; i < outputs.length; i++) {
        double own = outputs[i];
        outputs[i] = own + step;
        double above = OneObject.of(outputs, 0, outputs.length, where, 0, numPlaces, 2, 0.5, null);
        outputs[i] = own - step;
        double below = OneObject.of(outputs, 0, outputs.length, where, 0, numPlaces, 2, 0.5, null);
        outputs[i] = own;
        assertEquals((above - below) / (2 * step) / 2, gradient[i], 1e-8);
      }
    }
  }
}
