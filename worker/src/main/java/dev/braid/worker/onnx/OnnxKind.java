package dev.braid.worker.onnx;

import dev.braid.worker.Library;
import dev.braid.worker.format.ZipHead;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelKind;

/** ONNX files, which have no mark of their own: whatever is no zip and of no other kind. */
public final class OnnxKind implements ModelKind {
  private static final Library RUNTIME =
      new Library(
          "ONNX Runtime",
          "ai/onnxruntime/OrtEnvironment.class",
          "-Pjvm, or a model of Braid's or Keras's");

  @Override
  public boolean reads(byte[] file) {
    return !ZipHead.isZip(file);
  }

  @Override
  public LoadedModel read(byte[] file, LoadingPlan how) {
    how.requireEngine(null, "a file in ONNX");
    RUNTIME.requireHere("a file in ONNX");
    return new OnnxModel(file, how.foreign());
  }
}
