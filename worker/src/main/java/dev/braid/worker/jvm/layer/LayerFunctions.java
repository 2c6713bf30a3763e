package dev.braid.worker.jvm.layer;

import static dev.braid.worker.Check.require;

import dev.braid.worker.kernel.KernelSet;
import dev.braid.worker.layer.Absolute;
import dev.braid.worker.layer.Activate;
import dev.braid.worker.layer.Add;
import dev.braid.worker.layer.Attention;
import dev.braid.worker.layer.AttentionPooling;
import dev.braid.worker.layer.Average;
import dev.braid.worker.layer.AveragePooling;
import dev.braid.worker.layer.BatchNorm;
import dev.braid.worker.layer.Bidirectional;
import dev.braid.worker.layer.Concatenate;
import dev.braid.worker.layer.Convolution;
import dev.braid.worker.layer.Dense;
import dev.braid.worker.layer.Dropout;
import dev.braid.worker.layer.Embedding;
import dev.braid.worker.layer.Flatten;
import dev.braid.worker.layer.GlobalAveragePooling;
import dev.braid.worker.layer.GlobalMaxPooling;
import dev.braid.worker.layer.Gru;
import dev.braid.worker.layer.L2Normalise;
import dev.braid.worker.layer.LastStep;
import dev.braid.worker.layer.Layer;
import dev.braid.worker.layer.LayerNorm;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.layer.Lstm;
import dev.braid.worker.layer.MaxPooling;
import dev.braid.worker.layer.Maximum;
import dev.braid.worker.layer.MultiHeadAttention;
import dev.braid.worker.layer.Multiply;
import dev.braid.worker.layer.OneHot;
import dev.braid.worker.layer.Output;
import dev.braid.worker.layer.PositionalEncoding;
import dev.braid.worker.layer.RepeatVector;
import dev.braid.worker.layer.Reshape;
import dev.braid.worker.layer.SimpleRnn;
import dev.braid.worker.layer.Subtract;
import dev.braid.worker.layer.TimeDistributed;
import dev.braid.worker.layer.Upsampling;
import dev.braid.worker.layer.ZeroPadding;
import java.util.HashMap;
import java.util.Map;

/** Which function belongs to which layer. */
public final class LayerFunctions {
  private static final Map<Class<? extends Layer>, Maker<Layer>> MAKERS = new HashMap<>();

  static {
    row(Convolution.class, ConvolutionFunction::new);
    row(MaxPooling.class, MaxPoolingFunction::new);
    row(
        AveragePooling.class,
        (pooling, plan, kernels) -> new AveragePoolingFunction(pooling, plan));
    row(GlobalMaxPooling.class, (pooling, plan, kernels) -> new GlobalMaxPoolingFunction(plan));
    row(
        GlobalAveragePooling.class,
        (pooling, plan, kernels) -> new GlobalAveragePoolingFunction(plan, kernels.reduction()));
    row(ZeroPadding.class, (padding, plan, kernels) -> new ZeroPaddingFunction(padding, plan));
    row(Upsampling.class, (upsampling, plan, kernels) -> new UpsamplingFunction(upsampling, plan));
    row(SimpleRnn.class, RecurrentFunction::new);
    row(Gru.class, RecurrentFunction::new);
    row(Lstm.class, RecurrentFunction::new);
    row(Bidirectional.class, RecurrentFunction::new);
    row(TimeDistributed.class, TimeDistributedFunction::new);
    row(RepeatVector.class, StepFunctions::repeatVector);
    row(LastStep.class, StepFunctions::lastStep);
    row(Dense.class, DenseFunction::dense);
    row(Output.class, DenseFunction::output);
    row(Embedding.class, (embedding, plan, kernels) -> new EmbeddingFunction(embedding, plan));
    row(Flatten.class, (flatten, plan, kernels) -> new SameNumbers());
    row(Reshape.class, (reshape, plan, kernels) -> new SameNumbers());
    row(Attention.class, AttentionFunction::new);
    row(MultiHeadAttention.class, MultiHeadFunction::new);
    row(AttentionPooling.class, AttentionPoolingFunction::new);
    row(PositionalEncoding.class, PositionalEncodingFunction::new);
    row(BatchNorm.class, BatchNormFunction::new);
    row(LayerNorm.class, LayerNormFunction::new);
    row(L2Normalise.class, L2NormaliseFunction::new);
    row(Dropout.class, DropoutFunction::new);
    row(Activate.class, ActivationFunction::new);
    row(Add.class, (add, plan, kernels) -> MergeFunctions.sum(kernels));
    row(Average.class, (average, plan, kernels) -> MergeFunctions.mean(kernels));
    row(Multiply.class, (multiply, plan, kernels) -> MergeFunctions.product(kernels));
    row(Subtract.class, (subtract, plan, kernels) -> MergeFunctions.difference(kernels));
    row(Maximum.class, (maximum, plan, kernels) -> MergeFunctions.largest());
    row(Absolute.class, (absolute, plan, kernels) -> MergeFunctions.absolute());
    row(Concatenate.class, (concatenate, plan, kernels) -> new ConcatenateFunction(plan));
    row(OneHot.class, (oneHot, plan, kernels) -> new OneHotFunction(oneHot, plan));
  }

  /**
   * Makes the function of a layer of one kind.
   *
   * @param <L> the kind
   */
  @FunctionalInterface
  interface Maker<L extends Layer> {
    LayerFunction of(L settings, LayerPlan plan, KernelSet kernels);
  }

  private LayerFunctions() {}

  private static <L extends Layer> void row(Class<L> kind, Maker<L> maker) {
    MAKERS.put(kind, (settings, plan, kernels) -> maker.of(kind.cast(settings), plan, kernels));
  }

  /** What a layer computes. */
  public static LayerFunction of(LayerPlan plan, KernelSet kernels) {
    Maker<Layer> maker = MAKERS.get(plan.layer().getClass());
    require(
        maker != null,
        "%s is not available on engine jvm; set engine: torch",
        plan.node().describe());
    return maker.of(plan.layer(), plan, kernels);
  }
}
