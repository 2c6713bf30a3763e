package dev.braid.worker.torch;

import static dev.braid.worker.Check.require;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.engine.Differentiable;
import dev.braid.worker.engine.Scores;
import dev.braid.worker.layer.Shape;
import dev.braid.worker.network.OutputPlan;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A module in TorchScript as a network whose parameters are views into flat vectors. {@link
 * #output} and {@link #score} may be asked by many threads at once while none trains it.
 */
public final class ScriptNetwork implements Differentiable {
  /**
   * Held while a module that may draw random numbers computes in training mode: libtorch's
   * generator is one for the whole process.
   */
  private static final Object GENERATOR = new Object();

  private final ScriptPlan plan;
  private final Script script;
  private final PointerScope lifetime;
  private final Memory memory;
  private final List<Tensor> integers = new ArrayList<>();
  private boolean training;

  /** Its numbers are undefined until loaded. */
  public ScriptNetwork(ScriptPlan plan) {
    this.plan = plan;
    script = Script.ofProgram(plan.program());
    lifetime = new PointerScope();
    try {
      memory = new Memory(plan.layout(), Precision.FLOAT);
      script.tensors().ofState().forEach(slot -> slot.set(memory.tensor(slot.name())));
      script.tensors().integers().forEach(slot -> integers.add(slot.tensor().clone()));
      script.module().eval();
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
    memory.loadParams(params);
  }

  @Override
  public void loadStatistics(Blocks statistics) {
    memory.loadStatistics(statistics);
  }

  @Override
  public void readStatistics(Blocks statistics) {
    memory.readStatistics(statistics);
  }

  @Override
  public double gradient(MiniBatch batch, long key, Blocks gradients) {
    return Native.scoped(
        batch.size(),
        () -> {
          Tensor answer = drawing(key, () -> forward(batch, true));
          Tensor loss = loss(answer, batch);
          memory.readGradients(gradientsOf(loss), gradients);
          settleBuffers(batch.size());
          return loss.item_double();
        });
  }

  private <T> T drawing(long key, Supplier<T> work) {
    if (!script.isRandom()) {
      return work.get();
    }
    synchronized (GENERATOR) {
      torch.manual_seed(key);
      return work.get();
    }
  }

  /** Zeros for parameters that the module does not use. */
  private TensorVector gradientsOf(Tensor loss) {
    TensorVector leaves = memory.learningLeaves();
    TensorVector found =
        torch.grad(
            new TensorVector(loss), leaves, new TensorVector(), new BoolOptional(), false, true);
    TensorVector all = new TensorVector();
    for (long i = 0; i < found.size(); i++) {
      all.push_back(found.get(i).defined() ? found.get(i) : torch.zeros_like(leaves.get(i)));
    }
    return all;
  }

  /**
   * Takes over buffers that the module has replaced instead of written to, and puts those of
   * integers back as they were: a count of steps would depend on how often this replica was used.
   */
  private void settleBuffers(int batchSize) {
    Native.scopedWithoutGradients(
        batchSize,
        () -> {
          settleBuffers();
          return null;
        });
  }

  private void settleBuffers() {
    for (ScriptTensors.Slot slot : script.tensors().kept()) {
      Tensor ours = memory.tensor(slot.name());
      Tensor now = slot.tensor();
      if (now.data_ptr().address() != ours.data_ptr().address()) {
        ours.copy_(now);
        slot.set(ours);
      }
    }
    List<ScriptTensors.Slot> slots = script.tensors().integers();
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).set(integers.get(i).clone());
    }
  }

  @Override
  public float[][] output(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(), () -> new float[][] {answer(forward(batch, false))});
  }

  @Override
  public Scores score(MiniBatch batch) {
    return Native.scopedWithoutGradients(
        batch.size(),
        () -> {
          Tensor x = forward(batch, false);
          return new Scores(new float[][] {answer(x)}, loss(x, batch).item_double(), batch.size());
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
      float[] numbers = TorchNetwork.input(i, shape, batch);
      arguments.push_back(Script.input(batch.size(), shape.sizes(), numbers));
    }
    Tensor answer = Script.tensor(Script.unoptimised(script.module(), arguments), batch.size());
    require(
        answer.numel() == (long) batch.size() * plan.output().shape().size(),
        "the TorchScript module gives %d numbers to %d examples, but gave %s to each before",
        answer.numel(),
        batch.size(),
        plan.output().shape());
    return answer.reshape(Script.batched(batch.size(), plan.output().shape().sizes()));
  }

  private Tensor loss(Tensor x, MiniBatch batch) {
    OutputPlan output = plan.output();
    Targets targets = Targets.of(output, batch.labels()[0], batch.size(), Precision.FLOAT);
    return Losses.of(output, x, targets);
  }

  private float[] answer(Tensor x) {
    OutputPlan output = plan.output();
    return Script.numbers(
        Activations.apply(
            output.settings().finalActivation(), x, Activations.channelDim(output.shape())));
  }

  @Override
  public void close() {
    lifetime.close();
    script.close();
  }
}
