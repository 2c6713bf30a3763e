package dev.braid.worker.kernel;

import dev.braid.worker.function.Activation;

/** The gates of recurrent cells in plain loops, each over the units from some one on. */
public final class PlainRecurrentKernel implements RecurrentKernel {
  /** Sums, one for each gate, of a unit of an LSTM or GRU. */
  static final int GATES = 4;

  @Override
  public void addPeepholes(LstmStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      addPeepholes(step, units, row, 0);
    }
  }

  @Override
  public void cells(LstmStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      cells(step, units, row, 0);
    }
  }

  @Override
  public void outputs(LstmStep step, Floats output, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      outputs(step, output, units, row, 0);
    }
  }

  @Override
  public void backward(LstmStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      backward(step, units, row, 0);
    }
  }

  @Override
  public void news(GruStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      news(step, units, row, 0);
    }
  }

  @Override
  public void states(GruStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      states(step, units, row, 0);
    }
  }

  @Override
  public void backward(GruStep step, int units) {
    for (int row = 0; row < rows(step, units); row++) {
      backward(step, units, row, 0);
    }
  }

  static int rows(LstmStep step, int units) {
    return step.sums().size() / (GATES * units);
  }

  static int rows(GruStep step, int units) {
    return step.sums().size() / (GATES * units);
  }

  /** How much a gate's value changes with its sum. */
  private static float slope(Activation gates, float y) {
    if (gates == Activation.SIGMOID) {
      return y * (1 - y);
    }
    return y > 0 && y < 1 ? slope(gates) : 0;
  }

  /** How much a gate that is a line between 0 and 1 rises. */
  static float slope(Activation gates) {
    return gates == Activation.HARD_SIGMOID ? 1 / 6f : 1 / 5f;
  }

  static void addPeepholes(LstmStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] cells = step.before().array();
    float[] weights = step.peepholes().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int c = step.before().at() + row * units;
    int w = step.peepholes().at();
    for (int k = from; k < units; k++) {
      sums[i + k] = Math.fma(weights[w + k], cells[c + k], sums[i + k]);
      sums[f + k] = Math.fma(weights[w + units + k], cells[c + k], sums[f + k]);
    }
  }

  static void cells(LstmStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] after = step.after().array();
    int i = step.sums().at() + row * GATES * units;
    int f = i + units;
    int g = f + units;
    int c = step.before().at() + row * units;
    int a = step.after().at() + row * units;
    for (int k = from; k < units; k++) {
      after[a + k] = Math.fma(sums[f + k], before[c + k], sums[i + k] * sums[g + k]);
    }
    if (step.peepholes() != null) {
      float[] weights = step.peepholes().array();
      int w = step.peepholes().at() + 2 * units;
      int o = g + units;
      for (int k = from; k < units; k++) {
        sums[o + k] = Math.fma(weights[w + k], after[a + k], sums[o + k]);
      }
    }
  }

  static void outputs(LstmStep step, Floats output, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] squashed = step.squashed().array();
    float[] outputs = output.array();
    int o = step.sums().at() + (row * GATES + 3) * units;
    int s = step.squashed().at() + row * units;
    int h = output.at() + row * units;
    for (int k = from; k < units; k++) {
      outputs[h + k] = sums[o + k] * squashed[s + k];
    }
  }

  static void backward(LstmStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] squashed = step.squashed().array();
    float[] outputs = step.gradients().output().array();
    float[] cells = step.gradients().cells().array();
    boolean peepholes = step.peepholes() != null;
    float[] weights = peepholes ? step.peepholes().array() : sums;
    int at = step.sums().at() + row * GATES * units;
    int b = step.before().at() + row * units;
    int s = step.squashed().at() + row * units;
    int d = step.gradients().output().at() + row * units;
    int e = step.gradients().cells().at() + row * units;
    int w = peepholes ? step.peepholes().at() : 0;
    for (int k = from; k < units; k++) {
      int i = at + k;
      int f = i + units;
      int g = f + units;
      int o = g + units;
      float input = sums[i];
      float forget = sums[f];
      float fresh = sums[g];
      float output = sums[o];
      float cell = before[b + k];
      float tanh = squashed[s + k];
      float arriving = outputs[d + k];
      float ofOutput = arriving * tanh * slope(step.gates(), output);
      float ofCell = Math.fma(arriving * output, Math.fma(-tanh, tanh, 1), cells[e + k]);
      if (peepholes) {
        ofCell = Math.fma(weights[w + 2 * units + k], ofOutput, ofCell);
      }
      float ofInput = ofCell * fresh * slope(step.gates(), input);
      float ofForget = ofCell * cell * slope(step.gates(), forget);
      float left = ofCell * forget;
      if (peepholes) {
        left = Math.fma(weights[w + k], ofInput, left);
        left = Math.fma(weights[w + units + k], ofForget, left);
        float after = Math.fma(forget, cell, input * fresh);
        Floats gradient = step.gradients().peepholes();
        float[] array = gradient.array();
        int p = gradient.at() + k;
        array[p] = Math.fma(ofInput, cell, array[p]);
        array[p + units] = Math.fma(ofForget, cell, array[p + units]);
        array[p + 2 * units] = Math.fma(ofOutput, after, array[p + 2 * units]);
      }
      cells[e + k] = left;
      sums[i] = ofInput;
      sums[f] = ofForget;
      sums[g] = ofCell * input * Math.fma(-fresh, fresh, 1);
      sums[o] = ofOutput;
    }
  }

  static void news(GruStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    int r = step.sums().at() + row * GATES * units;
    int n = r + 2 * units;
    int o = n + units;
    for (int k = from; k < units; k++) {
      sums[n + k] = Math.fma(sums[r + k], sums[o + k], sums[n + k]);
    }
  }

  static void states(GruStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] after = step.after().array();
    int z = step.sums().at() + row * GATES * units + units;
    int n = z + units;
    int b = step.before().at() + row * units;
    int a = step.after().at() + row * units;
    for (int k = from; k < units; k++) {
      after[a + k] = Math.fma(sums[z + k], before[b + k] - sums[n + k], sums[n + k]);
    }
  }

  static void backward(GruStep step, int units, int row, int from) {
    float[] sums = step.sums().array();
    float[] before = step.before().array();
    float[] arriving = step.afterGradient().array();
    float[] leaving = step.beforeGradient().array();
    boolean asked = step.beforeGradient().size() > 0;
    int at = step.sums().at() + row * GATES * units;
    int b = step.before().at() + row * units;
    int d = step.afterGradient().at() + row * units;
    int e = step.beforeGradient().at() + row * units;
    for (int k = from; k < units; k++) {
      int r = at + k;
      int z = r + units;
      int n = z + units;
      int o = n + units;
      float reset = sums[r];
      float update = sums[z];
      float fresh = sums[n];
      float share = sums[o];
      float gradient = arriving[d + k];
      float ofNew = gradient * (1 - update) * Math.fma(-fresh, fresh, 1);
      sums[r] = ofNew * share * (reset * (1 - reset));
      sums[z] = gradient * (before[b + k] - fresh) * (update * (1 - update));
      sums[n] = ofNew;
      sums[o] = ofNew * reset;
      if (asked) {
        leaving[e + k] = Math.fma(gradient, update, leaving[e + k]);
      }
    }
  }
}
