package dev.braid.driver.training;

import dev.braid.driver.data.Shards;
import dev.braid.driver.run.RunContext;
import dev.braid.driver.run.RunJobs;
import dev.braid.driver.run.ShardTask;
import dev.braid.driver.run.Stop;
import dev.braid.driver.wire.JavaBytes;
import dev.braid.worker.augment.PictureSize;
import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.data.MiniBatches;
import dev.braid.worker.data.Normaliser;
import dev.braid.worker.data.Shard;
import dev.braid.worker.engine.LocalPass;
import dev.braid.worker.engine.RunSpec;
import dev.braid.worker.task.LabelCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A picture of the training part as it is, and as the network sees it in the first epochs, before
 * it is scaled.
 *
 * @param size of the picture
 * @param label of the example's first output, as it is written
 * @param plain as it was read
 * @param byEpoch as it is learned from; of most pictures in the first epoch alone
 */
@SuppressWarnings("ArrayRecordComponent") // made once and read
public record AugmentedPicture(PictureSize size, String label, float[] plain, List<float[]> byEpoch)
    implements Serializable {
  /** Pictures that are followed through the epochs. */
  public static final int NUM_FOLLOWED = 8;

  /**
   * The first pictures of the first epoch, of each shard about as many.
   *
   * @param spec of the run, which changes one input at least
   * @param codec of the first output's labels
   * @param numEpochs in which {@link #NUM_FOLLOWED} pictures of each shard are shown
   */
  static List<AugmentedPicture> of(
      JavaSparkContext sc,
      Shards train,
      RunSpec spec,
      LabelCodec codec,
      int numPictures,
      int numEpochs) {
    int each = (numPictures + train.count() - 1) / train.count();
    List<Integer> shards = IntStream.range(0, train.count()).boxed().toList();
    List<AugmentedPicture> pictures = new ArrayList<>();
    try (RunJobs jobs = new RunJobs(sc, RunContext.DEFAULT_JOB_MINUTES, new Stop())) {
      Task task = new Task(spec, codec, each, numEpochs);
      for (byte[][] answer : jobs.run(train.rdd(), shards, task, "augmented pictures")) {
        for (byte[] picture : answer) {
          pictures.add(JavaBytes.read(picture, AugmentedPicture.class, "a picture"));
        }
      }
    }
    return pictures.subList(0, Math.min(numPictures, pictures.size()));
  }

  /** Makes the mini-batches of some epochs, as a pass does that learns from them. */
  private static final class Task extends ShardTask {
    private static final long serialVersionUID = 1;

    private final RunSpec spec;
    private final LabelCodec codec;
    private final int numPictures;
    private final int numEpochs;

    Task(RunSpec spec, LabelCodec codec, int numPictures, int numEpochs) {
      this.spec = spec;
      this.codec = codec;
      this.numPictures = numPictures;
      this.numEpochs = numEpochs;
    }

    @Override
    protected byte[][] run(int number, Shard shard) {
      int input =
          IntStream.range(0, shard.numInputs())
              .filter(spec.augmentations()::change)
              .findFirst()
              .orElseThrow();
      int[] rows = LocalPass.order(spec, shard, 0, number);
      int count = Math.min(numPictures, rows.length);
      List<float[][]> epochs = new ArrayList<>();
      for (int epoch = 0; epoch < numEpochs; epoch++) {
        int followed = epoch == 0 ? count : Math.min(count, NUM_FOLLOWED);
        epochs.add(pictures(shard, number, input, epoch, rows, followed));
      }
      byte[][] pictures = new byte[count][];
      for (int i = 0; i < count; i++) {
        List<float[]> byEpoch = new ArrayList<>();
        for (float[][] epoch : epochs) {
          if (i < epoch.length) {
            byEpoch.add(epoch[i]);
          }
        }
        pictures[i] =
            JavaBytes.write(
                new AugmentedPicture(
                    spec.augmentations().pictures().get(input),
                    label(shard, rows[i]),
                    shard.input(input).row(rows[i]),
                    byEpoch),
                "a picture");
      }
      return pictures;
    }

    private String label(Shard shard, int row) {
      List<String> labels = new ArrayList<>();
      for (float number : shard.label(0).row(row)) {
        labels.add(Float.isNaN(number) ? "" : codec.text(number));
      }
      return String.join(" ", labels);
    }

    /** What becomes of the first of some rows in an epoch, in whichever mini-batch they are. */
    private float[][] pictures(
        Shard shard, int number, int input, int epoch, int[] rows, int count) {
      RunSpec unscaled =
          new RunSpec(
              spec.source(),
              Collections.nCopies(shard.numInputs(), Normaliser.NONE),
              spec.batchSize(),
              spec.seed(),
              spec.labelWeights(),
              spec.windows(),
              spec.augmentations());
      List<Integer> wanted = IntStream.of(rows).limit(count).boxed().toList();
      float[][] pictures = new float[count][];
      MiniBatches miniBatches = LocalPass.miniBatches(unscaled, shard, epoch, number);
      for (int i = 0; i < miniBatches.count(); i++) {
        int[] inBatch = miniBatches.rows(i);
        if (IntStream.of(inBatch).noneMatch(wanted::contains)) {
          continue;
        }
        MiniBatch batch = miniBatches.get(i);
        int width = batch.inputs()[input].length / batch.size();
        for (int k = 0; k < inBatch.length; k++) {
          int place = wanted.indexOf(inBatch[k]);
          if (place >= 0) {
            pictures[place] = new float[width];
            System.arraycopy(batch.inputs()[input], k * width, pictures[place], 0, width);
          }
        }
      }
      return pictures;
    }
  }
}
