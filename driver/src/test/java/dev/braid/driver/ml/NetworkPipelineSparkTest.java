package dev.braid.driver.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.ChildJvm;
import dev.braid.driver.LocalSpark;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Networks in Spark ML's pipelines, on Fisher's irises (which come with DL4J). */
class NetworkPipelineSparkTest {
  private static final List<String> NAMES = List.of("setosa", "versicolor", "virginica");
  private static final String[] MEASURES = {
    "sepalLength", "sepalWidth", "petalLength", "petalWidth"
  };

  /** The pipeline's features, at the scale the scaler gives them. */
  private static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setFeaturesCol("scaled")
        .setNetwork("[dense: {units: 16, activation: tanh}, output: {loss: crossEntropy}]")
        .setTraining("{epochs: 20, workers: 2, localSteps: 2, optimizer: {adam: {}}}")
        .setLearningRate(0.02)
        .setBatchSize(10)
        .setSeed(5);
  }

  private static Pipeline pipeline(NetworkClassifier classifier) {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StringIndexer()
                  .setInputCol("species")
                  .setOutputCol("label")
                  .setStringOrderType("alphabetAsc"),
              new VectorAssembler().setInputCols(MEASURES).setOutputCol("features"),
              new StandardScaler().setInputCol("features").setOutputCol("scaled").setWithMean(true),
              classifier
            });
  }

  private static Dataset<Row> irises(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = NetworkPipelineSparkTest.class.getResourceAsStream("/iris.dat")) {
      assertNotNull(in, "deeplearning4j-core holds iris.dat");
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          List<String> fields = List.of(line.split(",", -1));
          rows.add(
              RowFactory.create(
                  Double.parseDouble(fields.get(0)),
                  Double.parseDouble(fields.get(1)),
                  Double.parseDouble(fields.get(2)),
                  Double.parseDouble(fields.get(3)),
                  NAMES.get(Integer.parseInt(fields.get(4).strip()))));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertEquals(150, rows.size());
    StructType schema = new StructType();
    for (String measure : MEASURES) {
      schema = schema.add(measure, DataTypes.DoubleType);
    }
    return spark.createDataFrame(rows, schema.add("species", DataTypes.StringType));
  }

  /** What the README's first screen shows, between its lines of Java, on its own table. */
  @Test
  void readmesPipeline_runsAsItStands() throws IOException {
    Dataset<Row> table = irises(LocalSpark.session());
    StringIndexer indexer = new StringIndexer().setInputCol("species").setOutputCol("label");
    VectorAssembler assembler =
        new VectorAssembler().setInputCols(MEASURES).setOutputCol("features");
    StandardScaler scaler = new StandardScaler().setInputCol("features").setOutputCol("scaled");
    // README begins
    NetworkClassifier classifier =
        new NetworkClassifier()
            .setFeaturesCol("scaled")
            .setNetwork("[dense: {units: 32, activation: relu}," + " output: {loss: crossEntropy}]")
            .setTraining("{epochs: 20, optimizer:" + " {adam: {learningRate: 0.01}}}");
    PipelineModel model =
        new Pipeline()
            .setStages(new PipelineStage[] {indexer, assembler, scaler, classifier})
            .fit(table);
    // README ends
    double accuracy = accuracy(model.transform(table));
    assertTrue(accuracy > 0.9, "accuracy " + accuracy);

    String readme = Files.readString(Path.of("..", "README.md"));
    String shown = readme.substring(readme.indexOf("```java\n") + 8);
    String source =
        Files.readString(
            Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"));
    assertEquals(
        words(shown.substring(0, shown.indexOf("```"))),
        words(
            source.substring(
                source.indexOf("// README begins") + 16, source.indexOf("// README ends"))));
  }

  /** A program without its line breaks, where strings that were cut are whole again. */
  private static String words(String java) {
    return java.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", "");
  }

  private static double accuracy(Dataset<Row> predicted) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted);
  }

  private static List<Row> predictions(Dataset<Row> predicted) {
    return predicted.select("prediction", "probability", "rawPrediction").collectAsList();
  }

  @Test
  void pipeline_learnsIrises_andPredictsTheSameInANewJvm(@TempDir Path folder) throws Exception {
    Dataset<Row>[] parts =
        irises(LocalSpark.session()).repartition(1).randomSplit(new double[] {0.7, 0.3}, 1);
    PipelineModel model = pipeline(classifier()).fit(parts[0]);
    Dataset<Row> predicted = model.transform(parts[1]);
    double accuracy = accuracy(predicted);
    assertTrue(accuracy >= 0.93, "accuracy " + accuracy);
    for (Row row : predictions(predicted)) {
      Vector probability = row.getAs(1);
      assertEquals(1, Arrays.stream(probability.toArray()).sum(), 1e-5);
      assertEquals(row.getDouble(0), probability.argmax());
      assertEquals(probability.argmax(), row.<Vector>getAs(2).argmax());
    }

    String saved = folder.resolve("model").toString();
    model.save(saved);
    parts[1].write().parquet(folder.resolve("test").toString());
    Process child =
        ChildJvm.start(Loader.class, List.of(), saved, folder.resolve("test").toString());
    List<String> answers = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().filter(line -> line.startsWith("row ")).forEach(answers::add);
    }
    assertEquals(0, child.waitFor());
    List<String> expected = new ArrayList<>();
    predictions(model.transform(LocalSpark.session().read().parquet("" + folder.resolve("test"))))
        .forEach(row -> expected.add("row " + row));
    assertTrue(expected.size() > 30);
    assertEquals(expected.stream().sorted().toList(), answers.stream().sorted().toList());
  }

  /** Loads a pipeline and prints what it predicts. */
  static final class Loader {
    private Loader() {}

    public static void main(String[] arguments) {
      try (SparkSession spark =
          SparkSession.builder()
              .master("local[1]")
              .config("spark.ui.enabled", false)
              .getOrCreate()) {
        Dataset<Row> test = spark.read().parquet(arguments[1]);
        predictions(PipelineModel.load(arguments[0]).transform(test))
            .forEach(row -> System.out.println("row " + row));
      }
    }
  }

  @Test
  void rowsInAnotherOrder_andPartitions_giveTheSameModel() {
    Dataset<Row> irises = irises(LocalSpark.session());
    NetworkClassifier classifier = classifier().setFeaturesCol("features").setEpochs(3);
    Dataset<Row> prepared = prepared(irises);
    String one = classifier.fit(prepared.repartition(1)).network().sha256();
    String other =
        classifier
            .fit(prepared.orderBy("sepalWidth", "petalLength").repartition(5))
            .network()
            .sha256();
    assertEquals(one, other);
  }

  private static Dataset<Row> prepared(Dataset<Row> irises) {
    Pipeline pipeline = pipeline(classifier());
    PipelineStage[] stages = pipeline.getStages();
    return new Pipeline()
        .setStages(new PipelineStage[] {stages[0], stages[1]})
        .fit(irises)
        .transform(irises);
  }

  @Test
  void crossValidator_choosesTheLearningRateThatLearns() {
    NetworkClassifier classifier = classifier().setFeaturesCol("features").setEpochs(25);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.learningRate(), new double[] {1e-7, 0.02})
            .build();
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setSeed(3)
            .fit(prepared(irises(LocalSpark.session())));
    assertTrue(model.avgMetrics()[1] > model.avgMetrics()[0] + 0.2);
    assertTrue(model.avgMetrics()[1] > 0.85, "" + model.avgMetrics()[1]);
  }

  @Test
  void estimator_isSavedAndLoaded(@TempDir Path folder) throws IOException {
    NetworkClassifier classifier = classifier();
    classifier.save("" + folder.resolve("estimator"));
    NetworkClassifier loaded = NetworkClassifier.load("" + folder.resolve("estimator"));
    assertEquals(classifier.uid(), loaded.uid());
    assertEquals(classifier.explainParams(), loaded.explainParams());
  }

  @Test
  void regressor_learnsALine_fromArrays() {
    SparkSession spark = LocalSpark.session();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      double x = i / 50.0 - 1;
      rows.add(RowFactory.create(new Object[] {new Double[] {x, -x}, 3 * x + 1}));
    }
    Dataset<Row> table =
        spark.createDataFrame(
            rows,
            new StructType()
                .add("features", DataTypes.createArrayType(DataTypes.DoubleType))
                .add("label", DataTypes.DoubleType));
    NetworkRegressionModel model =
        new NetworkRegressor()
            .setNetwork("[output: {loss: meanSquared}]")
            .setTraining("{epochs: 30, optimizer: {adam: {learningRate: 0.1}}}")
            .setBatchSize(10)
            .fit(table);
    double error = new RegressionEvaluator().evaluate(model.transform(table));
    assertTrue(error < 0.05, "root mean squared error " + error);
  }

  @Test
  void mistakes_areNamed() {
    SparkSession spark = LocalSpark.session();
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    Dataset<Row> ragged =
        spark.createDataFrame(
            List.of(
                RowFactory.create(Vectors.dense(1, 2), 0.0),
                RowFactory.create(Vectors.dense(1, 2), 1.0),
                RowFactory.create(Vectors.dense(1, 2, 3), 1.0)),
            schema);
    NetworkClassifier classifier = classifier().setFeaturesCol("features").setWorkers(1);
    assertRefused("row 3: 3 numbers, but the model takes 2", classifier, ragged);
    Dataset<Row> good = ragged.limit(2);
    assertRefused(
        "label' runs from -1.0 to 0.0",
        classifier,
        good.withColumn("label", good.col("label").minus(1)));
    assertRefused(
        "output 'output1' has 2 units, but the data has 6 classes",
        classifier.copy(new ParamMap()).setNetwork("[output: {loss: crossEntropy, units: 2}]"),
        good.withColumn("label", good.col("label").multiply(5)));
    assertRefused(
        "there is no column 'nothing'",
        classifier.copy(new ParamMap()).setLabelCol("nothing"),
        good);
    assertRefused("network is not set", new NetworkClassifier(), good);
    NetworkClassifier settings = new NetworkClassifier();
    assertRefused("training needs an optimizer", () -> settings.setTraining("{epochs: 1}"));
    assertRefused("network: ", () -> settings.setNetwork("[dens: {units: 3}]"));
    assertRefused("epochs given invalid value 0", () -> settings.setEpochs(0));
    assertRefused("workers given invalid value 0", () -> settings.setWorkers(0));
    assertRefused("batchSize given invalid value -1", () -> settings.setBatchSize(-1));
    assertRefused("learningRate given invalid value 0", () -> settings.setLearningRate(0));
    assertRefused("numClasses given invalid value 1", () -> settings.setNumClasses(1));
    assertRefused(
        "there is no column 'nothing'",
        classifier.copy(new ParamMap()).setFeaturesCol("nothing"),
        good);
    assertRefused(
        "label 5, but there are 3 classes, by numClasses",
        classifier.copy(new ParamMap()).setNumClasses(3),
        good.withColumn("label", good.col("label").multiply(5)));
    assertRefused(
        "1 rows of column 'label' have no label",
        classifier,
        good.withColumn("label", functions.when(good.col("label").equalTo(1), functions.lit(1.0))));
  }

  @Test
  void featuresOfAnotherLength_areNamedWithTheirRow_whenPredicting() {
    Dataset<Row> irises = prepared(irises(LocalSpark.session()));
    NetworkClassificationModel model =
        classifier().setFeaturesCol("features").setEpochs(1).fit(irises);
    Dataset<Row> ragged =
        LocalSpark.session()
            .createDataFrame(
                List.of(
                    RowFactory.create("fits", Vectors.dense(1, 2, 3, 4)),
                    RowFactory.create("does not", Vectors.dense(1, 2, 3))),
                new StructType()
                    .add("id", DataTypes.StringType)
                    .add("features", SQLDataTypes.VectorType()));
    Exception e =
        assertThrows(Exception.class, () -> model.transform(ragged).select("prediction").collect());
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertEquals(
        "a row has 3 features, but the network was trained on 4: [1.0,2.0,3.0]",
        cause.getMessage());
  }

  private static void assertRefused(
      String message, NetworkClassifier classifier, Dataset<Row> table) {
    assertRefused(message, () -> classifier.fit(table));
  }

  private static void assertRefused(String message, Executable action) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
