package dev.braid.worker.jvm.layer;

import dev.braid.worker.jvm.layer.RecurrentCell.Part;
import dev.braid.worker.kernel.Floats;
import dev.braid.worker.kernel.Matrix;
import dev.braid.worker.kernel.MatrixKernel;
import dev.braid.worker.kernel.PackedMatrix;
import java.util.List;

/** A recurrent layer's weights of its input or of its state: all products with them. */
final class CellWeights {
  private final Part[] parts;
  private final int units;
  private final int width;
  private final int features;
  private final MatrixKernel kernel;
  private final PackedMatrix[] forth;
  private final PackedMatrix[] back;
  private final Matrix rows = new Matrix();
  private final Matrix sums = new Matrix();
  private final Matrix turned = new Matrix();
  private final Matrix gradient = new Matrix();

  /**
   * @param parts of the sums that they make
   * @param units of the layer
   * @param width numbers in a row of sums
   * @param features that they are multiplied with
   */
  CellWeights(List<Part> parts, int units, int width, int features, MatrixKernel kernel) {
    this.parts = parts.toArray(new Part[0]);
    this.units = units;
    this.width = width;
    this.features = features;
    this.kernel = kernel;
    this.forth = packed(parts.size());
    this.back = packed(parts.size());
  }

  private static PackedMatrix[] packed(int count) {
    PackedMatrix[] packed = new PackedMatrix[count];
    for (int i = 0; i < count; i++) {
      packed[i] = new PackedMatrix();
    }
    return packed;
  }

  /** Packs the weights for {@link #forward}. */
  void packForward(Floats weights) {
    for (int i = 0; i < forth.length; i++) {
      forth[i].matrix().transposeOf(ofPart(rows, parts[i], weights));
      kernel.pack(forth[i]);
    }
  }

  /** Packs them for {@link #backward}. */
  void packBackward(Floats weights) {
    for (int i = 0; i < back.length; i++) {
      ofPart(back[i].matrix(), parts[i], weights);
      kernel.pack(back[i]);
    }
  }

  /** Those of the part's gates, [units of the part, features]. */
  private Matrix ofPart(Matrix matrix, Part part, Floats weights) {
    int at = weights.at() + part.gate() * units * features;
    return matrix.bind(weights.array(), at, part.gates() * units, features);
  }

  /** The part's sums of some rows. */
  private Matrix sums(Part part, Floats all) {
    int at = all.at() + part.column() * units;
    return sums.bind(all.array(), at, all.size() / width, part.gates() * units, width);
  }

  /** Adds the products with {@code x}, [rows, features], to the sums. */
  void forward(Floats x, Floats sums) {
    rows.bind(x, x.size() / features, features);
    for (int i = 0; i < forth.length; i++) {
      kernel.multiply(rows, forth[i], sums(parts[i], sums), true);
    }
  }

  /** Adds the gradient by {@code x} to {@code gradients}, or writes it. */
  void backward(Floats sumGradients, Floats gradients, boolean adds) {
    rows.bind(gradients, gradients.size() / features, features);
    for (int i = 0; i < back.length; i++) {
      kernel.multiply(sums(parts[i], sumGradients), back[i], rows, adds || i > 0);
    }
  }

  /** Adds the gradient by the weights, or writes it. */
  void weightGradient(Floats sumGradients, Floats x, Floats weightGradient, boolean adds) {
    rows.bind(x, x.size() / features, features);
    for (Part part : parts) {
      turned.transposeOf(sums(part, sumGradients));
      kernel.multiply(turned, rows, ofPart(gradient, part, weightGradient), adds);
    }
  }

  /** Adds the biases of its gates to those of the sums. */
  void addBiases(Floats biases, Floats ofSums) {
    for (Part part : parts) {
      biases.add(part.gate() * units, ofSums, part.column() * units, part.gates() * units);
    }
  }

  /** Adds the gradients of the sums' biases to those of its gates. */
  void addBiasGradients(Floats ofSums, Floats biasGradients) {
    for (Part part : parts) {
      ofSums.add(part.column() * units, biasGradients, part.gate() * units, part.gates() * units);
    }
  }
}
