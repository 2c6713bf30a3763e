package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Sums and vector arithmetic by each kernel, in the midst of arrays. */
class ReductionKernelTest {
  private final ReductionKernel plain = new PlainReductionKernel();
  private final ReductionKernel vector = new VectorReductionKernel();

  /** What takes two vectors and changes a third. */
  @FunctionalInterface
  private interface Operation {
    void apply(ReductionKernel kernel, Floats a, Floats b, Floats result);
  }

  @Test
  void vectorKernel_equalsPlain_bitForBit() {
    List<Operation> operations =
        List.of(
            (kernel, a, b, result) -> result.array()[0] = kernel.sum(a),
            (kernel, a, b, result) -> result.array()[0] = kernel.dot(a, b),
            (kernel, a, b, result) -> result.array()[0] = kernel.max(a),
            (kernel, a, b, result) -> kernel.axpy(0.3f, a, result),
            (kernel, a, b, result) -> kernel.scale(0.3f, a, result),
            ReductionKernel::add,
            ReductionKernel::subtract,
            ReductionKernel::multiply,
            ReductionKernel::multiplyAdd);
    for (int size : RandomFloats.SIZES) {
      for (int i = 0; i < operations.size(); i++) {
        Operation operation = operations.get(i);
        equal(operation, RandomFloats.of(size, i), RandomFloats.of(size, i + 9), size);
        equal(operation, RandomFloats.ordinary(size, i), RandomFloats.ordinary(size, i + 9), size);
      }
    }
  }

  @Test
  void rowsAndColumns_vectorKernelEqualsPlain_bitForBit() {
    for (int columns : RandomFloats.SIZES) {
      for (int rows : new int[] {1, 2, 7, 20}) {
        for (boolean adds : new boolean[] {false, true}) {
          Floats a = RandomFloats.ordinary(rows * columns, columns);
          Floats b = RandomFloats.of(rows * columns, columns + 1);
          equal((kernel, x, y, sums) -> kernel.rowSums(x, sums, adds), a, b, rows);
          equal((kernel, x, y, sums) -> kernel.rowDots(x, y, sums, adds), a, b, rows);
          equal((kernel, x, y, sums) -> kernel.columnSums(x, sums, adds), a, b, columns);
          equal((kernel, x, y, sums) -> kernel.columnDots(x, y, sums, adds), a, b, columns);
        }
      }
    }
  }

  private void equal(Operation operation, Floats a, Floats b, int size) {
    Floats expected = RandomFloats.ordinary(size, size);
    Floats actual = RandomFloats.copy(expected);
    operation.apply(plain, a, b, expected);
    operation.apply(vector, a, b, actual);
    assertArrayEquals(expected.array(), actual.array());
  }

  @Test
  void sum_goesBySixteenAccumulatorsAndATree() {
    float[] numbers = RandomFloats.numbers(RandomFloats.ordinary(53, 1));
    float[] a = new float[16];
    for (int i = 0; i < numbers.length; i++) {
      a[i % 16] += numbers[i];
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        a[i] += a[i + half];
      }
    }
    for (ReductionKernel kernel : List.of(plain, vector)) {
      assertEquals(a[0], kernel.sum(new Floats().bind(numbers, 0, numbers.length)));
    }
  }

  @Test
  void columnSums_inPartsOfTheRows_areThoseInOne() {
    for (ReductionKernel kernel : List.of(plain, vector)) {
      Floats x = RandomFloats.ordinary(11 * 37, 1);
      Floats whole = RandomFloats.ordinary(37, 2);
      Floats parts = RandomFloats.copy(whole);
      kernel.columnSums(x, whole, false);
      kernel.columnSums(new Floats().bind(x.array(), x.at(), 4 * 37), parts, false);
      kernel.columnSums(new Floats().bind(x.array(), x.at() + 4 * 37, 7 * 37), parts, true);
      assertArrayEquals(whole.array(), parts.array());
    }
  }

  @Test
  void sums_ofTwoRows_byHand() {
    for (ReductionKernel kernel : List.of(plain, vector)) {
      Floats x = new Floats().bind(new float[] {1, 2, 3, 4, 5, 6}, 0, 6);
      Floats rows = new Floats().bind(new float[] {100, 200}, 0, 2);
      kernel.rowSums(x, rows, true);
      assertArrayEquals(new float[] {106, 215}, rows.array());
      kernel.rowDots(x, x, rows, false);
      assertArrayEquals(new float[] {14, 77}, rows.array());
      Floats columns = new Floats().bind(new float[] {100, 200, 300}, 0, 3);
      kernel.columnSums(x, columns, true);
      assertArrayEquals(new float[] {105, 207, 309}, columns.array());
      kernel.columnDots(x, x, columns, false);
      assertArrayEquals(new float[] {17, 29, 45}, columns.array());
      assertEquals(6, kernel.max(x));
      assertEquals(91, kernel.dot(x, x));
    }
  }
}
