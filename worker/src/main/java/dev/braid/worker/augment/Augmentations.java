package dev.braid.worker.augment;

import dev.braid.worker.random.SplitMix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is done to the pictures among the inputs of a network while it learns: each of the changes
 * in turn.
 *
 * @param changes in their order
 * @param pictures per input its size; null where it is no picture
 */
public record Augmentations(List<Augmentation> changes, List<PictureSize> pictures)
    implements Serializable {
  /** Pictures stay as they are. */
  public static final Augmentations NONE = new Augmentations(List.of(), List.of());

  public Augmentations {
    changes = List.copyOf(changes);
    pictures = Collections.unmodifiableList(new ArrayList<>(pictures));
    for (PictureSize size : pictures) {
      if (size != null) {
        changes.forEach(change -> change.requireFits(size));
      }
    }
  }

  /** Whether an input is changed. */
  public boolean change(int input) {
    return !changes.isEmpty() && pictures.get(input) != null;
  }

  /**
   * Changes one picture.
   *
   * @param pixels from {@code from} on a picture of numbers from 0 to 255; overwritten
   * @param key of the example in its epoch: the same one gives the same change
   */
  public void applyInPlace(float[] pixels, int from, int input, long key) {
    PictureSize size = pictures.get(input);
    float[] picture = new float[size.numbers()];
    System.arraycopy(pixels, from, picture, 0, picture.length);
    for (int i = 0; i < changes.size(); i++) {
      SplitMix random = SplitMix.stream(SplitMix.key(key, input, i));
      picture = changes.get(i).draw(random, size).apply(picture, size);
    }
    System.arraycopy(picture, 0, pixels, from, picture.length);
  }
}
