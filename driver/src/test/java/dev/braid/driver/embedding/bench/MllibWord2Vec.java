package dev.braid.driver.embedding.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.feature.Word2Vec;
import org.apache.spark.mllib.feature.Word2VecModel;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/**
 * MLlib's Word2Vec (skip-gram, hierarchical softmax) to compare with: words per second and vectors
 * in word2vec's binary format. 100 dimensions, window 5, minimum count 5, one iteration, as many
 * partitions as given, on {@code local[2]}.
 *
 * <pre>
 * mvn -q -pl driver -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java @conf/jvm.options -Xmx4g -cp driver/target/test-classes:driver/target/classes:
 *     worker/target/classes:$(cat driver/target/classpath)
 *     dev.braid.driver.embedding.bench.MllibWord2Vec corpus.txt 2 mllib.bin
 * </pre>
 */
public final class MllibWord2Vec {
  private static final int DIMENSION = 100;

  private MllibWord2Vec() {}

  /** Arguments: the text, partitions, the file for the vectors. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", false).getOrCreate()) {
      JavaRDD<List<String>> texts =
          new JavaSparkContext(spark.sparkContext())
              .textFile(arguments[0])
              .map(line -> Arrays.asList(line.split(" ", -1)))
              .cache();
      long words = texts.map(List::size).fold(0, Integer::sum);
      long begin = System.nanoTime();
      Word2VecModel model =
          new Word2Vec()
              .setVectorSize(DIMENSION)
              .setWindowSize(5)
              .setMinCount(5)
              .setNumIterations(1)
              .setNumPartitions(Integer.parseInt(arguments[1]))
              .setSeed(1)
              .fit(texts);
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "MLlib, %s partitions: %.1f k words/s (%.1f s, counting included)%n",
          arguments[1], words / seconds / 1e3, seconds);
      Map<String, Long> counts = texts.flatMap(List::iterator).countByValue();
      write(JavaConverters.mapAsJavaMap(model.getVectors()), counts, Path.of(arguments[2]));
    }
  }

  /** Most frequent words first, as readers of such files expect. */
  private static void write(Map<String, float[]> vectors, Map<String, Long> counts, Path file)
      throws IOException {
    List<String> words =
        vectors.keySet().stream()
            .sorted(Comparator.comparingLong(word -> -counts.get(word)))
            .toList();
    ByteBuffer bytes = ByteBuffer.allocate(DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write((vectors.size() + " " + DIMENSION + "\n").getBytes(StandardCharsets.UTF_8));
      for (String word : words) {
        out.write((word + " ").getBytes(StandardCharsets.UTF_8));
        bytes.clear().asFloatBuffer().put(vectors.get(word));
        out.write(bytes.array());
      }
    }
  }
}
