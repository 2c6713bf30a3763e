package dev.braid.worker.embedding.skipgram;

/** The meaning of the kernel in plain loops; serves where the JDK's Vector API is absent. */
final class PlainSkipGramKernel implements SkipGramKernel {
  private float[] contextChanges = new float[0];

  @Override
  public void score(CompactRows rows, Position p) {
    for (int i = 0; i < p.numContexts; i++) {
      for (int k = 0; k < p.numTargets; k++) {
        float sum = 0;
        for (int d = 0; d < rows.dimension; d++) {
          sum += rows.inputs[p.contexts[i] + d] * rows.outputs[p.targets[k] + d];
        }
        p.coefficients[i * p.paddedTargets + k] = sum;
      }
    }
  }

  @Override
  public void update(CompactRows rows, Position p) {
    int dimension = rows.dimension;
    if (contextChanges.length < p.numContexts * dimension) {
      contextChanges = new float[p.contexts.length * dimension];
    }
    for (int i = 0; i < p.numContexts; i++) {
      for (int d = 0; d < dimension; d++) {
        float change = 0;
        for (int k = 0; k < p.numTargets; k++) {
          change += p.coefficients[i * p.paddedTargets + k] * rows.outputs[p.targets[k] + d];
        }
        contextChanges[i * dimension + d] = change;
      }
    }
    for (int k = 0; k < p.numTargets; k++) {
      for (int d = 0; d < dimension; d++) {
        float change = 0;
        for (int i = 0; i < p.numContexts; i++) {
          change += p.coefficients[i * p.paddedTargets + k] * rows.inputs[p.contexts[i] + d];
        }
        rows.outputs[p.targets[k] + d] += change;
      }
    }
    for (int i = 0; i < p.numContexts; i++) {
      for (int d = 0; d < dimension; d++) {
        rows.inputs[p.contexts[i] + d] += contextChanges[i * dimension + d];
      }
    }
  }
}
