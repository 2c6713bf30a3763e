package dev.braid.worker.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.worker.random.SplitMix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Products by each kernel, on matrices at any strides in the midst of arrays. */
class MatrixKernelTest {
  private static final int[] SIZES = {1, 2, 3, 5, 6, 7, 12, 13, 15, 16, 17, 31, 33, 64, 65, 97};
  private static final float[] RARE = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -1e-40f,
    Float.MIN_NORMAL,
    Float.MAX_VALUE
  };

  private final MatrixKernel plain = new PlainMatrixKernel();
  private final MatrixKernel vector = new VectorMatrixKernel();

  /** A product to be made: its sizes and how its matrices lie. */
  private record Product(int rows, int depth, int columns, long seed) {
    Matrix left() {
      return random(rows, depth, seed);
    }

    Matrix right() {
      return random(depth, columns, seed + 1);
    }

    Matrix result() {
      Matrix wide = random(rows, columns + (int) (seed & 3), seed + 2, false);
      return new Matrix().bind(wide.array(), wide.at(), rows, columns, wide.rowStride());
    }

    private static Matrix random(int rows, int columns, long seed) {
      return random(rows, columns, seed, (seed >> 4 & 1) == 1);
    }

    private static Matrix random(int rows, int columns, long seed, boolean transposed) {
      SplitMix random = SplitMix.stream(seed);
      int before = random.nextInt(5);
      float[] values = new float[before + rows * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      Matrix matrix = new Matrix();
      return transposed
          ? matrix.transposeOf(new Matrix().bind(values, before, columns, rows))
          : matrix.bind(values, before, rows, columns);
    }
  }

  private static List<Product> products() {
    List<Product> products = new ArrayList<>();
    SplitMix random = SplitMix.stream(5);
    for (int i = 0; i < 150; i++) {
      products.add(
          new Product(
              SIZES[random.nextInt(SIZES.length)],
              SIZES[random.nextInt(SIZES.length)],
              SIZES[random.nextInt(SIZES.length)],
              random.nextInt(1 << 20)));
    }
    products.add(new Product(1, 1000, 1, 1));
    products.add(new Product(401, 3, 70, 2));
    products.add(new Product(7, 1000, 131, 19));
    products.add(new Product(3, 2, 1000, 16));
    products.add(new Product(20, 1100, 200, 16));
    products.add(new Product(64, 600, 260, 17));
    products.add(new Product(31, 600, 900, 19)); // the right factor in parts, the left one kept
    products.add(new Product(270, 500, 300, 17)); // or too high for that
    return products;
  }

  @Test
  void vectorKernel_equalsPlain_bitForBit() {
    for (Product product : products()) {
      for (boolean adds : new boolean[] {false, true}) {
        Matrix expected = product.result();
        Matrix actual = product.result();
        plain.multiply(product.left(), product.right(), expected, adds);
        vector.multiply(product.left(), product.right(), actual, adds);
        assertArrayEquals(expected.array(), actual.array(), product + (adds ? " adds" : ""));
      }
    }
  }

  @Test
  void product_ofAPackedMatrix_isTheSame() {
    PackedMatrix packed = new PackedMatrix();
    for (Product product : products()) {
      Matrix expected = product.result();
      plain.multiply(product.left(), product.right(), expected, true);
      packed.matrix().transposeOf(new Matrix().transposeOf(product.right()));
      for (MatrixKernel kernel : List.of(plain, vector)) {
        Matrix actual = product.result();
        kernel.pack(packed);
        kernel.multiply(product.left(), packed, actual, true);
        assertArrayEquals(expected.array(), actual.array(), product.toString());
      }
    }
  }

  /** A start is a matrix of its own, the result itself or one row for all. */
  @Test
  void product_beginsWithItsStart() {
    for (Product product : products()) {
      for (int rowStride : new int[] {0, product.columns()}) {
        Matrix numbers = Product.random(product.rows(), product.columns(), 3, false);
        Matrix start =
            new Matrix()
                .bind(numbers.array(), numbers.at(), product.rows(), product.columns(), rowStride);
        Matrix expected = product.result();
        expected.copyFrom(start);
        plain.multiply(product.left(), product.right(), expected, true);
        for (MatrixKernel kernel : List.of(plain, vector)) {
          Matrix actual = product.result();
          kernel.multiply(product.left(), product.right(), start, actual);
          assertArrayEquals(expected.array(), actual.array(), product.toString());
        }
        Matrix itself = product.result();
        itself.copyFrom(start);
        vector.multiply(product.left(), product.right(), itself, itself);
        assertArrayEquals(expected.array(), itself.array(), product.toString());
      }
    }
  }

  @Test
  void copy_takesEachNumber_whateverTheStrides() {
    for (Product product : products()) {
      Matrix from = product.left();
      Matrix copy =
          new Matrix()
              .bind(
                  new float[product.rows() * (product.depth() + 2)],
                  1,
                  product.rows(),
                  product.depth(),
                  product.depth() + 1);
      copy.copyFrom(from);
      for (int row = 0; row < product.rows(); row++) {
        for (int column = 0; column < product.depth(); column++) {
          assertEquals(number(from, row, column), number(copy, row, column));
        }
      }
    }
  }

  /** Also what lies beside the result in its array must stay. */
  @Test
  void product_isTheSumInAscendingOrder_byFusedMultiplyAdd() {
    for (Product product : products().subList(0, 40)) {
      Matrix a = product.left();
      Matrix b = product.right();
      Matrix expected = product.result();
      for (int i = 0; i < product.rows(); i++) {
        for (int j = 0; j < product.columns(); j++) {
          int at = expected.at() + i * expected.rowStride() + j;
          float sum = expected.array()[at];
          for (int k = 0; k < product.depth(); k++) {
            sum = Math.fma(number(a, i, k), number(b, k, j), sum);
          }
          expected.array()[at] = sum;
        }
      }
      for (MatrixKernel kernel : List.of(plain, vector)) {
        Matrix actual = product.result();
        kernel.multiply(a, b, actual, true);
        assertArrayEquals(expected.array(), actual.array(), product.toString());
      }
    }
  }

  /** One by hand: [1 2; 3 4] [5 6; 7 8]. */
  @Test
  void product_ofTwoByTwo() {
    Matrix a = new Matrix().bind(new float[] {1, 2, 3, 4}, 0, 2, 2);
    Matrix b = new Matrix().bind(new float[] {5, 6, 7, 8}, 0, 2, 2);
    for (MatrixKernel kernel : List.of(plain, vector)) {
      Matrix c = new Matrix().bind(new float[] {9, 9, 9, 9}, 0, 2, 2);
      kernel.multiply(a, b, c, false);
      assertArrayEquals(new float[] {19, 22, 43, 50}, c.array());
      kernel.multiply(a, b, c, true);
      assertArrayEquals(new float[] {38, 44, 86, 100}, c.array());
    }
  }

  @Test
  void vectorKernel_equalsPlain_onNanInfinitiesAndDenormals() {
    SplitMix random = SplitMix.stream(8);
    for (int round = 0; round < 20; round++) {
      Product product = new Product(7, 5 + round, 70, random.nextInt(1000));
      Matrix a = product.left();
      Matrix b = product.right();
      for (float rare : RARE) {
        a.array()[a.at() + random.nextInt(product.rows() * product.depth())] = rare;
        b.array()[b.at() + random.nextInt(product.depth() * product.columns())] = rare;
      }
      Matrix expected = product.result();
      Matrix actual = product.result();
      plain.multiply(a, b, expected, false);
      vector.multiply(a, b, actual, false);
      assertArrayEquals(expected.array(), actual.array(), product.toString());
    }
  }

  @Test
  void productOverNothing_isZero_orStays() {
    for (MatrixKernel kernel : List.of(plain, vector)) {
      Matrix a = new Matrix().bind(new float[0], 0, 2, 0);
      Matrix b = new Matrix().bind(new float[0], 0, 0, 2);
      Matrix c = new Matrix().bind(new float[] {1, 2, 3, 4}, 0, 2, 2);
      kernel.multiply(a, b, c, true);
      assertArrayEquals(new float[] {1, 2, 3, 4}, c.array());
      kernel.multiply(a, b, c, false);
      assertArrayEquals(new float[4], c.array());
    }
  }

  @Test
  void shapesThatDoNotFit_areRefusedWithTheirSizes() {
    Matrix a = new Matrix().bind(new float[6], 0, 2, 3);
    Matrix c = new Matrix().bind(new float[4], 0, 2, 2);
    for (MatrixKernel kernel : List.of(plain, vector)) {
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> kernel.multiply(a, a, c, false));
      assertTrue(
          refused.getMessage().startsWith("no product: [2, 3] times [2, 3] in [2, 2]"),
          refused.getMessage());
      assertEquals(0, c.array()[0]);
    }
  }

  private static float number(Matrix matrix, int row, int column) {
    return matrix.array()[matrix.at() + row * matrix.rowStride() + column * matrix.columnStride()];
  }
}
