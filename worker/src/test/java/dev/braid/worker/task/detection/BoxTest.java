package dev.braid.worker.task.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoxTest {
  private static final float NONE = Float.NaN;

  @Test
  void iou_ofBoxesThatShareAThird_isAThird() {
    assertEquals(1 / 3.0, new Box(0, 0, 2, 2).iou(new Box(1, 0, 3, 2)), 1e-15);
    assertEquals(0, new Box(0, 0, 1, 1).iou(new Box(1, 0, 2, 1)), "they only touch");
    assertEquals(1, new Box(0, 0, 1, 1).iou(new Box(0, 0, 1, 1)));
    assertEquals(1 / 9.0, new Box(0, 0, 3, 3).iou(new Box(1, 1, 2, 2)), 1e-15);
  }

  @Test
  void box_withoutAnAreaOrNumbers_isRefused() {
    String flat =
        assertThrows(IllegalArgumentException.class, () -> new Box(3, 1, 3, 2)).getMessage();
    assertEquals("a box has an area: from (3.0, 1.0) to (3.0, 2.0) there is none", flat);
    assertThrows(IllegalArgumentException.class, () -> new Box(0, 2, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Box(0, 0, Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> new Box(0, 0, 1, Double.POSITIVE_INFINITY));
  }

  @Test
  void label_ofAPicture_hasTheNumberOfItsObjectsAndTheirPlaces() {
    List<LabelledBox> objects = List.of(new LabelledBox(new Box(0.25, 0.5, 0.75, 1), 2));
    float[] label = BoxLabel.of(objects, BoxLabel.width(2));
    float[] expected = {1, 2, 0.5f, 0.75f, 0.5f, 0.5f, NONE, NONE, NONE, NONE, NONE};
    assertArrayEquals(expected, label);
    assertEquals(objects, BoxLabel.objects(label, 0));
    assertEquals(List.of(), BoxLabel.objects(BoxLabel.of(List.of(), 6), 0));
    assertTrue(BoxLabel.isPresent(BoxLabel.of(List.of(), 6), 0), "no object is an answer");
    assertEquals(List.of(), BoxLabel.objects(new float[] {NONE, NONE}, 0));
  }

  @Test
  void label_ofMoreObjectsThanItHasRoomFor_isRefused() {
    LabelledBox one = new LabelledBox(new Box(0, 0, 1, 1), 0);
    String refusal =
        assertThrows(
                IllegalArgumentException.class,
                () -> BoxLabel.of(List.of(one, one, one), BoxLabel.width(2)))
            .getMessage();
    assertEquals("a picture has 3 boxes, but labels here have room for 2", refusal);
  }

  @Test
  void suppression_takesTheSurest_andDropsWhatOverlapsItOfItsClass() {
    ScoredBox sure = new ScoredBox(new Box(0, 0, 10, 10), 0, 0.9f);
    ScoredBox beside = new ScoredBox(new Box(0, 0, 10, 8), 0, 0.8f);
    ScoredBox ofAnother = new ScoredBox(new Box(0, 0, 10, 10), 1, 0.7f);
    ScoredBox half = new ScoredBox(new Box(0, 0, 10, 5), 0, 0.6f);
    ScoredBox apart = new ScoredBox(new Box(20, 0, 30, 10), 0, 0.5f);
    List<ScoredBox> boxes = List.of(apart, half, beside, ofAnother, sure);
    assertEquals(List.of(sure, ofAnother, half, apart), Suppression.keep(boxes, 0.5, 10));
    assertEquals(List.of(sure, ofAnother), Suppression.keep(boxes, 0.5, 2));
  }

  @Test
  void boxes_ofAnAnswer_areSureAndNotBesideASurer() {
    float[] numbers = {
      0.9f,
      0.5f,
      0.5f,
      0.2f,
      0.4f,
      0.75f,
      0.25f, // class 0, sure by 0.675
      0.8f,
      0.5f,
      0.5f,
      0.2f,
      0.4f,
      0.75f,
      0.25f, // the same again, sure by 0.6
      0.8f,
      0.5f,
      0.5f,
      0.2f,
      0.4f,
      0.25f,
      0.75f, // class 1
      0.5f,
      0.1f,
      0.1f,
      0.2f,
      0.4f,
      1,
      0, // not sure enough
      1,
      0.1f,
      0.1f,
      0,
      0.4f,
      1,
      0, // without an area
      1,
      0.1f,
      0.1f,
      1,
      Float.POSITIVE_INFINITY,
      1,
      0
    };
    List<ScoredBox> boxes = new Boxes(0.55, 0.5, 10).of(numbers, 2, 1);
    assertEquals(List.of(0, 1), boxes.stream().map(ScoredBox::label).toList());
    assertEquals(0.9f * 0.75f, boxes.get(0).score());
    assertEquals(0.3, boxes.get(0).box().left(), 1e-7);
    assertEquals(0.4, boxes.get(0).box().top(), 1e-7);
    assertEquals(0.7, boxes.get(0).box().right(), 1e-7);
    assertEquals(0.6, boxes.get(0).box().bottom(), 1e-7);
  }
}
