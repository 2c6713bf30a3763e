package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.braid.worker.kernel.NormalisationKernel.Line;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What normalisations are made of, by each kernel, in the midst of arrays. */
class NormalisationKernelTest {
  private static final int[] SIZES = {1, 2, 7, 15, 16, 17, 31, 64, 100};

  private final NormalisationKernel plain = new PlainNormalisationKernel();
  private final NormalisationKernel vector = new VectorNormalisationKernel();

  /** What is done with two matrices and numbers of the rows, or of the columns. */
  @FunctionalInterface
  private interface Operation {
    void apply(NormalisationKernel kernel, Matrices matrices, Floats result);
  }

  /** Two matrices, and three numbers of each row or column. */
  private record Matrices(Floats a, Floats x, Line line) {
    private static Matrices of(int size, int lines, int seed) {
      return new Matrices(
          RandomFloats.ordinary(size, seed),
          RandomFloats.of(size, seed + 1),
          new Line(
              RandomFloats.ordinary(lines, seed + 2),
              RandomFloats.ordinary(lines, seed + 3),
              RandomFloats.ordinary(lines, seed + 4)));
    }
  }

  private static final List<Operation> TO_ROWS =
      List.of(
          (kernel, m, sums) -> kernel.rowSquares(m.a, m.line.shifts(), sums),
          (kernel, m, sums) -> kernel.rowProducts(m.a, m.x, m.line.shifts(), sums));

  private static final List<Operation> TO_COLUMNS =
      List.of(
          (kernel, m, sums) -> kernel.columnSquares(m.a, m.line.shifts(), sums),
          (kernel, m, sums) -> kernel.columnProducts(m.a, m.x, m.line.shifts(), sums));

  private static final List<Operation> BY_ROWS =
      List.of(
          (kernel, m, y) -> kernel.affineRows(m.x, m.line.scales(), m.line.shifts(), y),
          (kernel, m, y) -> kernel.blendRows(m.a, m.x, m.line, y, false),
          (kernel, m, y) -> kernel.blendRows(m.a, m.x, m.line, y, true));

  private static final List<Operation> BY_COLUMNS =
      List.of(
          (kernel, m, y) -> kernel.affineColumns(m.x, m.line.scales(), m.line.shifts(), y),
          (kernel, m, y) -> kernel.blendColumns(m.a, m.x, m.line, y, false),
          (kernel, m, y) -> kernel.blendColumns(m.a, m.x, m.line, y, true));

  @Test
  void vectorKernel_equalsPlain_bitForBit() {
    for (int columns : SIZES) {
      for (int rows : new int[] {1, 3, 8}) {
        int size = rows * columns;
        Matrices ofRows = Matrices.of(size, rows, columns);
        Matrices ofColumns = Matrices.of(size, columns, columns);
        TO_ROWS.forEach(operation -> equal(operation, ofRows, rows));
        TO_COLUMNS.forEach(operation -> equal(operation, ofColumns, columns));
        BY_ROWS.forEach(operation -> equal(operation, ofRows, size));
        BY_COLUMNS.forEach(operation -> equal(operation, ofColumns, size));
      }
    }
  }

  private void equal(Operation operation, Matrices matrices, int size) {
    Floats expected = RandomFloats.ordinary(size, size);
    Floats actual = RandomFloats.copy(expected);
    operation.apply(plain, matrices, expected);
    operation.apply(vector, matrices, actual);
    assertArrayEquals(expected.array(), actual.array());
  }

  @Test
  void sums_areOfDistancesFromTheMeans() {
    for (NormalisationKernel kernel : List.of(plain, vector)) {
      Floats x = floats(1, 2, 3, 4, 5, 9);
      Floats rows = floats(0, 0);
      kernel.rowSquares(x, floats(2, 6), rows);
      assertArrayEquals(new float[] {2, 14}, rows.array());
      kernel.rowProducts(floats(1, 1, 2, 1, 1, 2), x, floats(2, 6), rows);
      assertArrayEquals(new float[] {1, 3}, rows.array());
      Floats columns = floats(100, 0, 0);
      kernel.columnSquares(x, floats(2, 3, 6), columns);
      assertArrayEquals(new float[] {105, 5, 18}, columns.array());
      kernel.columnProducts(floats(1, 1, 1, 2, 2, 2), x, floats(2, 3, 6), columns);
      assertArrayEquals(new float[] {108, 8, 21}, columns.array());
    }
  }

  @Test
  void lines_ofRowsAndColumns_byHand() {
    for (NormalisationKernel kernel : List.of(plain, vector)) {
      Floats x = floats(1, 2, 3, 4);
      Floats y = floats(0, 0, 0, 0);
      kernel.affineRows(x, floats(2, 3), floats(10, 20), y);
      assertArrayEquals(new float[] {12, 14, 29, 32}, y.array());
      kernel.affineColumns(x, floats(2, 3), floats(10, 20), y);
      assertArrayEquals(new float[] {12, 26, 16, 32}, y.array());
      Line line = new Line(floats(2, 3), floats(1, -1), floats(10, 20));
      kernel.blendRows(floats(1, 1, 1, 1), x, line, y, false);
      assertArrayEquals(new float[] {13, 14, 20, 19}, y.array());
      kernel.blendColumns(floats(1, 1, 1, 1), x, line, y, true);
      assertArrayEquals(new float[] {26, 35, 35, 38}, y.array());
    }
  }

  private static Floats floats(float... numbers) {
    return new Floats().bind(numbers, 0, numbers.length);
  }
}
