package dev.braid.worker.task.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnchorSearchTest {
  private static List<Anchor> shapes() {
    SplitMix random = SplitMix.stream(7);
    List<Anchor> shapes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Anchor middle =
          List.of(new Anchor(0.1, 0.3), new Anchor(0.6, 0.2), new Anchor(0.5, 0.9)).get(i % 3);
      double spread = 0.9 + 0.2 * random.nextDouble();
      shapes.add(new Anchor(middle.width() * spread, middle.height() * spread));
    }
    return shapes;
  }

  @Test
  void find_ofThreeKindsOfBoxes_givesTheirMeans_theSmallestFirst() {
    AnchorSearch search = new AnchorSearch(shapes());
    for (long seed = 0; seed < 5; seed++) {
      List<Anchor> anchors = search.find(3, seed);
      assertEquals(0.1, anchors.get(0).width(), 0.01);
      assertEquals(0.3, anchors.get(0).height(), 0.03);
      assertEquals(0.2, anchors.get(1).height(), 0.02);
      assertEquals(0.9, anchors.get(2).height(), 0.09);
      assertTrue(search.meanIou(anchors) > 0.85);
      assertEquals(anchors, search.find(3, seed));
    }
  }

  @Test
  void meanIou_growsWithTheAnchors_upToOne() {
    List<Anchor> shapes = shapes().subList(0, 10);
    AnchorSearch search = new AnchorSearch(shapes);
    assertTrue(search.meanIou(search.find(1, 0)) < search.meanIou(search.find(5, 0)));
    assertEquals(1, search.meanIou(search.find(10, 0)), 1e-12);
  }

  @Test
  void find_ofMoreAnchorsThanShapes_isRefused() {
    AnchorSearch search = new AnchorSearch(List.of(new Anchor(1, 1), new Anchor(1, 1)));
    assertEquals(List.of(new Anchor(1, 1)), search.find(1, 0));
    String refusal =
        assertThrows(IllegalArgumentException.class, () -> search.find(2, 0)).getMessage();
    assertEquals("2 anchors need as many boxes of different shape, but there are 1", refusal);
    assertThrows(IllegalArgumentException.class, () -> search.find(0, 0));
  }
}
