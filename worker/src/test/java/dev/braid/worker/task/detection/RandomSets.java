package dev.braid.worker.task.detection;

import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.List;

/** The random sets of boxes of detection_sets.py. */
record RandomSets(int numClasses, List<Picture> pictures) {
  /** The objects of a picture and what was found. */
  record Picture(List<LabelledBox> there, List<ScoredBox> found) {}

  static RandomSets of(long seed) {
    SplitMix random = SplitMix.stream(seed);
    int numClasses = 1 + random.nextInt(4);
    List<Picture> pictures = new ArrayList<>();
    int numPictures = 1 + random.nextInt(4);
    for (int i = 0; i < numPictures; i++) {
      pictures.add(picture(random, numClasses));
    }
    return new RandomSets(numClasses, pictures);
  }

  private static Picture picture(SplitMix random, int numClasses) {
    List<int[]> boxes = new ArrayList<>();
    List<LabelledBox> there = new ArrayList<>();
    int numThere = random.nextInt(6);
    for (int i = 0; i < numThere; i++) {
      int label = random.nextInt(numClasses);
      boxes.add(numbers(random));
      there.add(new LabelledBox(box(boxes.get(i)), label));
    }
    List<ScoredBox> found = new ArrayList<>();
    int numFound = random.nextInt(12);
    for (int i = 0; i < numFound; i++) {
      float score = (1 + random.nextInt(10)) / 10f;
      if (!there.isEmpty() && random.nextInt(3) > 0) {
        int chosen = random.nextInt(there.size());
        int[] box = near(boxes.get(chosen), random);
        found.add(new ScoredBox(box(box), there.get(chosen).label(), score));
      } else {
        int label = random.nextInt(numClasses);
        found.add(new ScoredBox(box(numbers(random)), label, score));
      }
    }
    return new Picture(there, found);
  }

  private static int[] numbers(SplitMix random) {
    int left = random.nextInt(20);
    int top = random.nextInt(20);
    int width = 1 + random.nextInt(12);
    return new int[] {left, top, width, 1 + random.nextInt(12)};
  }

  private static int[] near(int[] box, SplitMix random) {
    int[] moved = box.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += random.nextInt(3) - 1;
    }
    moved[2] = Math.max(1, moved[2]);
    moved[3] = Math.max(1, moved[3]);
    return moved;
  }

  private static Box box(int[] numbers) {
    return new Box(numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3]);
  }
}
