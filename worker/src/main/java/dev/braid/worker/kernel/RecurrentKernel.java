package dev.braid.worker.kernel;

/**
 * What the gates of a recurrent cell do, after the products with the weights and the activations
 * forward, and before the products backward: number by number, each row by itself.
 */
public interface RecurrentKernel {
  /** Adds the peepholes' shares to the sums of input and forget gate, by fused multiply-add. */
  void addPeepholes(LstmStep step, int units);

  /** c' = f c + i g by fused multiply-add, and with peepholes their share of the output gate. */
  void cells(LstmStep step, int units);

  /** h = o tanh(c'), with what is squashed already. */
  void outputs(LstmStep step, Floats output, int units);

  /**
   * The gradients of the sums, of the cells before, and of the peepholes; with o, i, f, g, c, c'
   * and dh, dc arriving, s for the gates' derivative:
   *
   * <pre>
   *   ds_o = dh tanh(c') s(o)
   *   dc'  = dc + dh o (1 - tanh(c')^2) + p_o ds_o
   *   ds_i = dc' g s(i),  ds_f = dc' c s(f),  ds_g = dc' i (1 - g^2)
   *   dc   = dc' f + p_i ds_i + p_f ds_f
   * </pre>
   */
  void backward(LstmStep step, int units);

  /** n = i_n + r o in place of i_n, o being the state's share. */
  void news(GruStep step, int units);

  /** h' = n + z (h - n). */
  void states(GruStep step, int units);

  /**
   * The gradients of the sums and of the states before; with dh arriving:
   *
   * <pre>
   *   ds_n = dh (1 - z) (1 - n^2),  ds_z = dh (h - n) z (1 - z)
   *   ds_o = ds_n r,                ds_r = ds_n o r (1 - r)
   *   dh   = dh z
   * </pre>
   */
  void backward(GruStep step, int units);
}
