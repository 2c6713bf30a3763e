package dev.braid.worker.jvm.layer;

/** The source's numbers as they are, under another shape or name. */
final class SameNumbers implements LayerFunction {
  @Override
  public boolean isView(Call call) {
    return true;
  }

  @Override
  public void forward(Call call) {
    throw new IllegalStateException("a view is not computed");
  }

  @Override
  public void backward(Call call) {
    throw new IllegalStateException("a view is not computed");
  }
}
