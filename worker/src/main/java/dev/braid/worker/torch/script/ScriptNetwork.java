package dev.braid.worker.torch.script;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.Segment;
import dev.braid.worker.state.StateLayout;
import dev.braid.worker.torch.TorchOutputLoss;
import dev.braid.worker.torch.runtime.Native;
import dev.braid.worker.torch.runtime.Precision;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A module in TorchScript as a network. {@link #output} and {@link #score} may be asked by many
 * threads at once while none trains it.
 */
public final class ScriptNetwork implements Differentiable {
  private final ScriptPlan plan;
  private final Script script;
  private final PointerScope lifetime;
  private final ScriptReset reset;
  private Set<String> unreached = Set.of();
  private boolean training;

  /** Its numbers are undefined until loaded. */
  public ScriptNetwork(ScriptPlan plan) {
    this.plan = plan;
    script = Script.ofProgram(plan.program());
    lifetime = new PointerScope();
    try {
      script.module().eval();
      reset = new ScriptReset(script.module(), plan.changing());
      lifetime.extend();
    } finally {
      lifetime.close();
    }
  }

  @Override
  public StateLayout layout() {
    return plan.layout();
  }

  @Override
  public void loadParams(Blocks params) {
    copying(() -> script.tensors().loadParams(params));
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    copying(() -> script.tensors().loadStatistics(statistics));
  }

  @Override
  public void readStatistics(Blocks statistics) {
    copying(() -> script.tensors().readStatistics(statistics));
  }

  private static void copying(Runnable work) {
    Native.scopedWithoutGradients(
        1,
        () -> {
          work.run();
          return null;
        });
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    return Native.scoped(
        batch.size(),
        () -> {
          ScriptWatch before = script.tensors().watch();
          Tensor answer = script.drawing(key, () -> forward(batch, true));
          TorchOutputLoss.Beginning beginning = new TorchOutputLoss.Beginning();
          double loss = outputLoss().value(answer, examples(batch), beginning);
          TensorVector found = script.gradients(beginning.from(), beginning.with());
          unreached = Set.copyOf(script.tensors().unreached(found));
          readGradients(found, gradients);
          copying(() -> script.tensors().settle(before));
          return loss;
        });
  }

  /** Zeros for parameters that have none. */
  private void readGradients(TensorVector found, Blocks gradients) {
    List<Segment> segments = layout().params();
    for (int i = 0; i < segments.size(); i++) {
      Tensor gradient = found.get(i);
      ScriptTensors.read(
          gradient.defined() ? gradient : torch.zeros_like(script.tensors().leaves().get(i)),
          segments.get(i),
          gradients);
    }
  }

  @Override
  public Set<String> unreached() {
    return unreached;
  }

  @Override
  public float[][] output(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(),
        () -> new float[][] {outputLoss().answer(reset.around(() -> forward(batch, false)), null)});
  }

  @Override
  public Scores score(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(),
        () -> {
          Tensor x = reset.around(() -> forward(batch, false));
          TorchOutputLoss own = outputLoss();
          return new Scores(
              new float[][] {own.answer(x, null)}, own.value(x, examples(batch)), batch.size());
        });
  }

  /** What the module gives, [size, shape...]. */
  private Tensor forward(MiniBatch batch, boolean training) {
    if (training != this.training) {
      script.module().train(training);
      this.training = training;
    }
    IValueVector arguments = new IValueVector();
    List<Shape> shapes = List.copyOf(plan.inputs().values());
    for (int i = 0; i < shapes.size(); i++) {
      Shape shape = shapes.get(i);
      float[] numbers = batch.numbers(i, shape);
      arguments.push_back(Script.input(batch.size(), shape.sizes(), numbers));
    }
    Tensor answer = Script.tensor(Script.unoptimised(script.module(), arguments), batch.size());
    require(
        answer.numel() == (long) batch.size() * plan.output().shape().size(),
        "the TorchScript module gives %d numbers to %d examples, but gave %s to each before",
        answer.numel(),
        batch.size(),
        plan.output().shape());
    return answer.reshape(Precision.batched(batch.size(), plan.output().shape().sizes()));
  }

  private static TorchOutputLoss.Examples examples(MiniBatch batch) {
    return new TorchOutputLoss.Examples(batch, 0, null);
  }

  /** Arrays for one thread to compute losses and answers in. */
  private TorchOutputLoss outputLoss() {
    return new TorchOutputLoss(plan.output(), Precision.FLOAT, List.of());
  }

  @Override
  public void close() {
    lifetime.close();
    script.close();
  }
}
