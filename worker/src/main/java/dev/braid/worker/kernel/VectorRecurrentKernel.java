package dev.braid.worker.kernel;

import static dev.braid.worker.kernel.PlainRecurrentKernel.GATES;
import static dev.braid.worker.kernel.PlainRecurrentKernel.rows;

import dev.braid.worker.function.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gates of recurrent cells on the JDK's Vector API: lanes run over units, and those that fill
 * no vector go by plain loops.
 */
final class VectorRecurrentKernel implements RecurrentKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  @Override
  public void addPeepholes(LstmStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      addPeepholes(step, units, row, whole);
      PlainRecurrentKernel.addPeepholes(step, units, row, whole);
    }
  }

  private static void addPeepholes(LstmStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] cells = step.before().array();
    float[] weights = step.peepholes().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int c = step.before().at() + row * units;
    int w = step.peepholes().at();
    for (int k = 0; k < whole; k += LANES) {
      FloatVector cell = load(cells, c + k);
      load(weights, w + k).fma(cell, load(sums, i + k)).intoArray(sums, i + k);
      load(weights, w + units + k).fma(cell, load(sums, f + k)).intoArray(sums, f + k);
    }
  }

  @Override
  public void cells(LstmStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      cells(step, units, row, whole);
      if (step.peepholes() != null) {
        addOutputPeepholes(step, units, row, whole);
      }
      PlainRecurrentKernel.cells(step, units, row, whole);
    }
  }

  private static void cells(LstmStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] after = step.after().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int g = f + units;
    int c = step.before().at() + row * units;
    int a = step.after().at() + row * units;
    for (int k = 0; k < whole; k += LANES) {
      FloatVector added = load(sums, i + k).mul(load(sums, g + k));
      load(sums, f + k).fma(load(before, c + k), added).intoArray(after, a + k);
    }
  }

  private static void addOutputPeepholes(LstmStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] after = step.after().array();
    float[] weights = step.peepholes().array();
    int o = step.sums().at() + (row * GATES + 3) * units;
    int a = step.after().at() + row * units;
    int w = step.peepholes().at() + 2 * units;
    for (int k = 0; k < whole; k += LANES) {
      load(weights, w + k).fma(load(after, a + k), load(sums, o + k)).intoArray(sums, o + k);
    }
  }

  @Override
  public void outputs(LstmStep step, Floats output, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      outputs(step, output, units, row, whole);
      PlainRecurrentKernel.outputs(step, output, units, row, whole);
    }
  }

  private static void outputs(LstmStep step, Floats output, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] squashed = step.squashed().array();
    float[] outputs = output.array();
    int o = step.sums().at() + (row * GATES + 3) * units;
    int s = step.squashed().at() + row * units;
    int h = output.at() + row * units;
    for (int k = 0; k < whole; k += LANES) {
      load(sums, o + k).mul(load(squashed, s + k)).intoArray(outputs, h + k);
    }
  }

  @Override
  public void backward(LstmStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      if (step.peepholes() != null) {
        backwardWithPeepholes(step, units, row, whole);
      } else {
        backward(step, units, row, whole);
      }
      PlainRecurrentKernel.backward(step, units, row, whole);
    }
  }

  private static void backward(LstmStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] squashed = step.squashed().array();
    float[] outputs = step.gradients().output().array();
    float[] cells = step.gradients().cells().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int g = f + units;
    int o = g + units;
    int b = step.before().at() + row * units;
    int s = step.squashed().at() + row * units;
    int d = step.gradients().output().at() + row * units;
    int e = step.gradients().cells().at() + row * units;
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int k = 0; k < whole; k += LANES) {
      FloatVector input = load(sums, i + k);
      FloatVector forget = load(sums, f + k);
      FloatVector fresh = load(sums, g + k);
      FloatVector output = load(sums, o + k);
      FloatVector tanh = load(squashed, s + k);
      FloatVector arriving = load(outputs, d + k);
      FloatVector ofCell = arriving.mul(output).fma(tanh.neg().fma(tanh, one), load(cells, e + k));
      arriving.mul(tanh).mul(slope(step.gates(), output)).intoArray(sums, o + k);
      ofCell.mul(fresh).mul(slope(step.gates(), input)).intoArray(sums, i + k);
      ofCell.mul(load(before, b + k)).mul(slope(step.gates(), forget)).intoArray(sums, f + k);
      ofCell.mul(input).mul(fresh.neg().fma(fresh, one)).intoArray(sums, g + k);
      ofCell.mul(forget).intoArray(cells, e + k);
    }
  }

  private static void backwardWithPeepholes(LstmStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] squashed = step.squashed().array();
    float[] outputs = step.gradients().output().array();
    float[] cells = step.gradients().cells().array();
    float[] weights = step.peepholes().array();
    float[] gradients = step.gradients().peepholes().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int g = f + units;
    int o = g + units;
    int b = step.before().at() + row * units;
    int s = step.squashed().at() + row * units;
    int d = step.gradients().output().at() + row * units;
    int e = step.gradients().cells().at() + row * units;
    int w = step.peepholes().at();
    int p = step.gradients().peepholes().at();
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int k = 0; k < whole; k += LANES) {
      FloatVector input = load(sums, i + k);
      FloatVector forget = load(sums, f + k);
      FloatVector fresh = load(sums, g + k);
      FloatVector output = load(sums, o + k);
      FloatVector cell = load(before, b + k);
      FloatVector tanh = load(squashed, s + k);
      FloatVector arriving = load(outputs, d + k);
      FloatVector ofOutput = arriving.mul(tanh).mul(slope(step.gates(), output));
      FloatVector ofCell = arriving.mul(output).fma(tanh.neg().fma(tanh, one), load(cells, e + k));
      ofCell = load(weights, w + 2 * units + k).fma(ofOutput, ofCell);
      FloatVector ofInput = ofCell.mul(fresh).mul(slope(step.gates(), input));
      FloatVector ofForget = ofCell.mul(cell).mul(slope(step.gates(), forget));
      FloatVector left = load(weights, w + k).fma(ofInput, ofCell.mul(forget));
      load(weights, w + units + k).fma(ofForget, left).intoArray(cells, e + k);
      FloatVector after = forget.fma(cell, input.mul(fresh));
      add(ofInput, cell, gradients, p + k);
      add(ofForget, cell, gradients, p + units + k);
      add(ofOutput, after, gradients, p + 2 * units + k);
      ofInput.intoArray(sums, i + k);
      ofForget.intoArray(sums, f + k);
      ofCell.mul(input).mul(fresh.neg().fma(fresh, one)).intoArray(sums, g + k);
      ofOutput.intoArray(sums, o + k);
    }
  }

  private static void add(FloatVector a, FloatVector b, float[] sums, int at) {
    a.fma(b, load(sums, at)).intoArray(sums, at);
  }

  private static FloatVector slope(Activation gates, FloatVector y) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    if (gates == Activation.SIGMOID) {
      return y.mul(one.sub(y));
    }
    FloatVector slope = FloatVector.broadcast(SPECIES, PlainRecurrentKernel.slope(gates));
    FloatVector zero = FloatVector.zero(SPECIES);
    return zero.blend(
        slope, y.compare(VectorOperators.GT, zero).and(y.compare(VectorOperators.LT, one)));
  }

  @Override
  public void news(GruStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      news(step, units, row, whole);
      PlainRecurrentKernel.news(step, units, row, whole);
    }
  }

  private static void news(GruStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    int r = step.sums().at() + row * GATES * units;
    int n = r + 2 * units;
    int o = n + units;
    for (int k = 0; k < whole; k += LANES) {
      load(sums, r + k).fma(load(sums, o + k), load(sums, n + k)).intoArray(sums, n + k);
    }
  }

  @Override
  public void states(GruStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      states(step, units, row, whole);
      PlainRecurrentKernel.states(step, units, row, whole);
    }
  }

  private static void states(GruStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] after = step.after().array();
    int z = step.sums().at() + (row * GATES + 1) * units;
    int n = z + units;
    int b = step.before().at() + row * units;
    int a = step.after().at() + row * units;
    for (int k = 0; k < whole; k += LANES) {
      FloatVector fresh = load(sums, n + k);
      load(sums, z + k).fma(load(before, b + k).sub(fresh), fresh).intoArray(after, a + k);
    }
  }

  @Override
  public void backward(GruStep step, int units) {
    int whole = SPECIES.loopBound(units);
    for (int row = 0; row < rows(step, units); row++) {
      if (step.beforeGradient().size() > 0) {
        addStateGradients(step, units, row, whole);
      }
      backward(step, units, row, whole);
      PlainRecurrentKernel.backward(step, units, row, whole);
    }
  }

  private static void addStateGradients(GruStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] arriving = step.afterGradient().array();
    float[] leaving = step.beforeGradient().array();
    int z = step.sums().at() + (row * GATES + 1) * units;
    int d = step.afterGradient().at() + row * units;
    int e = step.beforeGradient().at() + row * units;
    for (int k = 0; k < whole; k += LANES) {
      add(load(arriving, d + k), load(sums, z + k), leaving, e + k);
    }
  }

  private static void backward(GruStep step, int units, int row, int whole) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] arriving = step.afterGradient().array();
    int r = step.sums().at() + row * GATES * units;
    int z = r + units;
    int n = z + units;
    int o = n + units;
    int b = step.before().at() + row * units;
    int d = step.afterGradient().at() + row * units;
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int k = 0; k < whole; k += LANES) {
      FloatVector reset = load(sums, r + k);
      FloatVector update = load(sums, z + k);
      FloatVector fresh = load(sums, n + k);
      FloatVector gradient = load(arriving, d + k);
      FloatVector keep = one.sub(update);
      FloatVector ofNew = gradient.mul(keep).mul(fresh.neg().fma(fresh, one));
      FloatVector ofReset = ofNew.mul(load(sums, o + k)).mul(reset.mul(one.sub(reset)));
      gradient.mul(load(before, b + k).sub(fresh)).mul(update.mul(keep)).intoArray(sums, z + k);
      ofReset.intoArray(sums, r + k);
      ofNew.intoArray(sums, n + k);
      ofNew.mul(reset).intoArray(sums, o + k);
    }
  }

  private static FloatVector load(float[] values, int at) {
    return FloatVector.fromArray(SPECIES, values, at);
  }
}
