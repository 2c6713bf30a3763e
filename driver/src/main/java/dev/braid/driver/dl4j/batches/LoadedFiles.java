package dev.braid.driver.dl4j.batches;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.nd4j.common.loader.Loader;
import org.nd4j.common.loader.Source;

/** Mini-batches from files, read on the executors from any Hadoop file system. */
public final class LoadedFiles {
  private LoadedFiles() {}

  /**
   * What the loader makes of each file, one after another as the paths come.
   *
   * @param loader Java-serialisable
   */
  public static <T> JavaRDD<T> read(JavaSparkContext sc, JavaRDD<String> paths, Loader<T> loader) {
    Broadcast<SerializableConfiguration> configuration =
        sc.broadcast(new SerializableConfiguration(sc.hadoopConfiguration()));
    return paths.map(path -> loader.load(new HadoopFile(path, configuration.value().value())));
  }

  /** A file that a loader opens. */
  private record HadoopFile(String path, Configuration configuration) implements Source {
    @Override
    public InputStream getInputStream() throws IOException {
      FileSystem files = FileSystem.get(URI.create(path), configuration);
      return files.open(new Path(path));
    }

    @Override
    public String getPath() {
      return path;
    }
  }
}
