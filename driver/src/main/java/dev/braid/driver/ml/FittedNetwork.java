package dev.braid.driver.ml;

import dev.braid.worker.model.Model;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;

/** A model of Spark ML's that is a network, with a model file beside Spark ML's own files. */
interface FittedNetwork extends Named, MLWritable, PredictorParams {

  /** The network's file. */
  NetworkFile file();

  /** The network. */
  default Model network() {
    return file().model();
  }

  @Override
  default MLWriter write() {
    return new NetworkFile.Writer(this, file());
  }
}
