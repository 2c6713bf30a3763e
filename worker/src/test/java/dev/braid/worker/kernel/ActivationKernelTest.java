package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.worker.function.Activation;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Activations by each kernel, in the midst of arrays. */
class ActivationKernelTest {
  private final ActivationKernel plain = new PlainActivationKernel();
  private final ActivationKernel vector = new VectorActivationKernel();

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
  void vectorKernel_equalsPlain_bitForBit(Activation function) {
    for (int size : RandomFloats.SIZES) {
      Floats x = RandomFloats.of(size, size);
      Floats dy = RandomFloats.of(size, size + 1);
      Floats expected = RandomFloats.of(size, size + 2);
      Floats actual = RandomFloats.copy(expected);
      plain.forward(function, x, expected);
      vector.forward(function, x, actual);
      assertArrayEquals(expected.array(), actual.array(), "forward of " + size);
      Floats y = RandomFloats.copy(expected);
      plain.backward(function, x, y, dy, expected);
      vector.backward(function, x, y, dy, actual);
      assertArrayEquals(expected.array(), actual.array(), "backward of " + size);
    }
  }

  @Test
  void softmax_vectorKernelEqualsPlain_bitForBit() {
    for (int units : RandomFloats.SIZES) {
      Floats x = RandomFloats.ordinary(3 * units, units);
      Floats dy = RandomFloats.ordinary(3 * units, units + 1);
      Floats expected = RandomFloats.of(3 * units, units + 2);
      Floats actual = RandomFloats.copy(expected);
      plain.softmax(x, expected, units);
      vector.softmax(x, actual, units);
      assertArrayEquals(expected.array(), actual.array(), "forward of " + units);
      Floats y = RandomFloats.copy(expected);
      plain.softmaxBackward(y, dy, expected, units);
      vector.softmaxBackward(y, dy, actual, units);
      assertArrayEquals(expected.array(), actual.array(), "backward of " + units);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
  void result_mayTakeThePlaceOfWhatItIsMadeOf(Activation function) {
    for (ActivationKernel kernel : List.of(plain, vector)) {
      Floats x = RandomFloats.of(37, 1);
      Floats y = RandomFloats.copy(x);
      Floats inPlace = RandomFloats.copy(x);
      kernel.forward(function, x, y);
      kernel.forward(function, inPlace, inPlace);
      assertArrayEquals(y.array(), inPlace.array());
      Floats dy = RandomFloats.of(37, 2);
      Floats dx = RandomFloats.copy(dy);
      kernel.backward(function, x, y, dy, dx);
      kernel.backward(function, x, y, dy, dy);
      assertEquals(
          Arrays.toString(RandomFloats.numbers(dx)), Arrays.toString(RandomFloats.numbers(dy)));
    }
  }

  /** By differences of the values, which are single: with steps as wide as that takes. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
  void backward_isTheDerivative(Activation function) {
    float step = 1 / 64f;
    int size = 400;
    Floats x = RandomFloats.ordinary(size, 3);
    Floats ones = new Floats().bind(new float[size], 0, size);
    Arrays.fill(ones.array(), 1);
    Floats y = RandomFloats.copy(x);
    Floats dx = RandomFloats.copy(x);
    vector.forward(function, x, y);
    vector.backward(function, x, y, ones, dx);
    float[] above = shifted(function, x, step);
    float[] below = shifted(function, x, -step);
    float[] slopes = RandomFloats.numbers(dx);
    for (int i = 0; i < size; i++) {
      float input = RandomFloats.numbers(x)[i];
      if (!atCorner(input, step)) {
        double slope = ((double) above[i] - below[i]) / (2 * step);
        assertEquals(slope, slopes[i], 5e-4 * Math.max(1, Math.abs(slope)), "at " + input);
      }
    }
  }

  private float[] shifted(Activation function, Floats x, float step) {
    Floats y = RandomFloats.copy(x);
    for (int i = 0; i < y.size(); i++) {
      y.array()[y.at() + i] += step;
    }
    vector.forward(function, y, y);
    return RandomFloats.numbers(y);
  }

  /** Where functions made of lines, and halves of functions, meet. */
  private static boolean atCorner(float x, float step) {
    for (float corner : new float[] {-3, -2.5f, -1, 0, 1, 2.5f, 3, 6}) {
      if (Math.abs(x - corner) <= step) {
        return true;
      }
    }
    return false;
  }

  @Test
  void softmax_ofThree_byHand() {
    for (ActivationKernel kernel : List.of(plain, vector)) {
      Floats x = floats(0, (float) Math.log(2), (float) Math.log(5));
      kernel.softmax(x, x, 3);
      assertArrayEquals(new float[] {0.125f, 0.25f, 0.625f}, x.array(), 1e-7f);
      Floats dy = floats(1, 0, 2);
      kernel.softmaxBackward(x, dy, dy, 3);
      assertArrayEquals(new float[] {-0.046875f, -0.34375f, 0.390625f}, dy.array(), 1e-6f);
    }
  }

  @Test
  void softmax_ofLargeNumbers_doesNotOverflow() {
    for (ActivationKernel kernel : List.of(plain, vector)) {
      Floats x = floats(3e38f, -3e38f, 3e38f);
      kernel.softmax(x, x, 3);
      assertArrayEquals(new float[] {0.5f, 0, 0.5f}, x.array());
    }
  }

  @Test
  void softmax_asOneOfTheOthers_isRefused() {
    Floats x = floats(1);
    for (ActivationKernel kernel : List.of(plain, vector)) {
      assertThrows(IllegalStateException.class, () -> kernel.forward(Activation.SOFTMAX, x, x));
      assertThrows(
          IllegalStateException.class, () -> kernel.backward(Activation.SOFTMAX, x, x, x, x));
    }
  }

  private static Floats floats(float... numbers) {
    return new Floats().bind(numbers, 0, numbers.length);
  }
}
