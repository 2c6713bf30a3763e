package dev.braid.driver.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.driver.LocalSpark;
import dev.braid.worker.machine.PoolsMade;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.ClassificationModel;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.classification.OneVsRestModel;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks are what Spark ML's users expect of its classifiers and regressors. */
class NetworkModelsSparkTest {
  private static final String[] NAMES = {"ash", "birch", "cedar"};

  private static NetworkClassifier classifier() {
    return new NetworkClassifier()
        .setNetwork("[dense: {units: 6, activation: tanh}, output: {loss: crossEntropy}]")
        .setTraining("{epochs: 12, optimizer: {adam: {learningRate: 0.05}}}")
        .setBatchSize(10);
  }

  /** Three clouds in the plane: features, the class's index and name, a weight, a column unused. */
  private static Dataset<Row> clouds() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      int cloud = i % 3;
      Vector point =
          Vectors.dense(
              2 * cloud - 2 + random.nextGaussian() / 3, cloud % 2 + random.nextGaussian() / 3);
      rows.add(RowFactory.create(point, (double) cloud, NAMES[cloud], 1.0 + i % 4, "" + i));
    }
    return LocalSpark.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("features", SQLDataTypes.VectorType())
                .add("label", DataTypes.DoubleType)
                .add("name", DataTypes.StringType)
                .add("weight", DataTypes.DoubleType)
                .add("unused", DataTypes.StringType));
  }

  /** The clouds with labels whose metadata name the classes. */
  private static Dataset<Row> named() {
    Metadata names =
        NominalAttribute.defaultAttr().withName("label").withValues(NAMES).toMetadata();
    Dataset<Row> clouds = clouds();
    return clouds.withColumn("label", clouds.col("label").as("label", names));
  }

  @Test
  void indexToString_behindTheModel_givesTheNamesThatStringIndexerTookAway() {
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("name").setOutputCol("index"),
                  classifier().setLabelCol("index"),
                  new IndexToString().setInputCol("prediction").setOutputCol("tree")
                });
    PipelineModel model = pipeline.fit(clouds());
    Dataset<Row> trees = model.transform(clouds());
    long right = trees.filter(trees.col("tree").equalTo(trees.col("name"))).count();
    assertTrue(right > 80, () -> right + " of 90");
    NetworkClassificationModel network = (NetworkClassificationModel) model.stages()[1];
    assertEquals(
        List.of(NAMES),
        network.network().description().labels().get(0).classes().stream().sorted().toList());
  }

  @Test
  void transform_keepsTheMetadataOfTheColumnsThatAreThere() {
    Dataset<Row> named = named();
    Dataset<Row> predicted = classifier().fit(named).transform(named);
    assertEquals(
        named.schema().apply("label").metadata(), predicted.schema().apply("label").metadata());
    for (StructField field : named.schema().fields()) {
      assertEquals(field, predicted.schema().apply(field.name()));
    }
  }

  @Test
  void schemaAndMetadata_areThoseOfLogisticRegression() {
    Dataset<Row> clouds = clouds();
    LogisticRegressionModel theirs = new LogisticRegression().fit(clouds);
    NetworkClassificationModel ours = classifier().fit(clouds);
    assertEquals(theirs.transform(clouds).schema().json(), ours.transform(clouds).schema().json());
    assertEquals(
        theirs.transformSchema(clouds.schema()).json(),
        ours.transformSchema(clouds.schema()).json());
    assertEquals(theirs.numClasses(), ours.numClasses());
    assertEquals(theirs.numFeatures(), ours.numFeatures());
    theirs.setPredictionCol("").setProbabilityCol("");
    ours.setPredictionCol("").setProbabilityCol("");
    assertEquals(
        List.of(theirs.transform(clouds).columns()), List.of(ours.transform(clouds).columns()));
  }

  @Test
  void foldWithoutTheLastClass_givesAModelOfAllThatTheMetadataName() {
    Dataset<Row> named = named();
    Dataset<Row> fold = named.filter(named.col("label").lt(2));
    NetworkClassificationModel model = classifier().fit(fold);
    assertEquals(3, model.numClasses());
    double loss =
        new MulticlassClassificationEvaluator()
            .setMetricName("logLoss")
            .evaluate(model.transform(named));
    assertTrue(Double.isFinite(loss), "logLoss " + loss);
  }

  @Test
  void numClasses_isTheParametersWhereThatIsSet_andTheLabelsOtherwise() {
    Dataset<Row> clouds = clouds();
    Dataset<Row> two = clouds.filter(clouds.col("label").lt(2));
    assertEquals(2, classifier().fit(two).numClasses());
    assertEquals(5, classifier().setNumClasses(5).fit(two).numClasses());
  }

  @Test
  void trainValidationSplitByLogLoss_choosesTheBetterOfTwoRates() {
    NetworkClassifier classifier = classifier();
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.learningRate(), new double[] {1e-7, 0.05})
            .build();
    var model =
        new TrainValidationSplit()
            .setEstimator(classifier)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("logLoss"))
            .setEstimatorParamMaps(grid)
            .setSeed(1)
            .fit(named());
    assertTrue(model.validationMetrics()[1] < model.validationMetrics()[0]);
  }

  @Test
  void oneVsRest_takesIt_withWeights() {
    Dataset<Row> clouds = clouds();
    OneVsRestModel model =
        new OneVsRest().setClassifier(classifier()).setWeightCol("weight").fit(clouds);
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(clouds));
    assertTrue(accuracy > 0.9, "accuracy " + accuracy);
  }

  @Test
  void predictOfAVector_isWhatTransformGives() {
    Dataset<Row> clouds = clouds();
    NetworkClassificationModel model = classifier().fit(clouds);
    for (Row row : model.transform(clouds).collectAsList()) {
      Vector features = row.getAs("features");
      assertEquals(row.<Vector>getAs("rawPrediction"), model.predictRaw(features));
      assertEquals(row.<Vector>getAs("probability"), model.predictProbability(features));
      assertEquals(row.<Double>getAs("prediction"), model.predict(features));
      assertEquals(model.predict(features), model.predict(features.toSparse()));
    }
    assertTrue(PredictionModel.class.isInstance(model));
    assertTrue(ClassificationModel.class.isInstance(model));
    assertTrue(ProbabilisticClassificationModel.class.isInstance(model));
    NetworkRegressionModel numbers = regressor().fit(clouds);
    for (Row row : numbers.transform(clouds).collectAsList()) {
      assertEquals(row.<Double>getAs("prediction"), numbers.predict(row.getAs("features")));
    }
    assertEquals(2, numbers.numFeatures());
    assertTrue(RegressionModel.class.isInstance(numbers));
  }

  private static NetworkRegressor regressor() {
    return new NetworkRegressor()
        .setNetwork("[output: {loss: meanSquared}]")
        .setTraining("{epochs: 3, optimizer: {adam: {learningRate: 0.1}}}");
  }

  @Test
  void thresholds_decideAsMllibsDo() {
    Dataset<Row> clouds = clouds();
    NetworkClassificationModel model = classifier().fit(clouds);
    model.setThresholds(new double[] {1e9, 1, 1e9});
    List<Row> predicted = model.transform(clouds).select("prediction").distinct().collectAsList();
    assertEquals(List.of(RowFactory.create(1.0)), predicted);
    assertEquals(1.0, model.predict(Vectors.dense(-2, 0)));
    NetworkClassifier with = classifier().setThresholds(new double[] {1, 1, 1e-9});
    assertEquals(2.0, with.fit(clouds).predict(Vectors.dense(-2, 0)));
    assertThrows(IllegalArgumentException.class, () -> model.setThresholds(new double[] {1, 1}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"crossEntropy", "binaryCrossEntropy, units: 1", "meanSquared"})
  void rawPredictions_areFinite_howeverSureTheNetwork(String loss) {
    Dataset<Row> two = clouds().filter("label < 2");
    NetworkClassificationModel model =
        classifier().setNetwork("[output: {loss: " + loss + "}]").fit(two);
    for (double far : new double[] {-1e30, 0, 1e30}) {
      Vector features = Vectors.dense(far, far);
      Vector raw = model.predictRaw(features);
      assertTrue(Arrays.stream(raw.toArray()).allMatch(Double::isFinite), raw::toString);
      Vector probability = model.predictProbability(features);
      assertEquals(1, Arrays.stream(probability.toArray()).sum(), 1e-12);
      assertEquals(raw.argmax(), model.predict(features));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crossEntropy", "binaryCrossEntropy, units: 1", "meanSquared"})
  void weightedRows_trainAsRowsThatOccurSoOften(String loss) {
    Dataset<Row> two = clouds().filter("label < 2");
    Dataset<Row> often =
        two.withColumn("times", functions.expr("explode(sequence(1, cast(weight as int)))"))
            .drop("times");
    NetworkClassifier classifier =
        classifier()
            .setNetwork("[output: {loss: " + loss + "}]")
            .setTraining("{epochs: 20, optimizer: {sgd: {learningRate: 0.1}}}")
            .setBatchSize(1000); // one step with all rows
    NetworkClassificationModel expected = classifier.fit(often);
    NetworkClassificationModel plain = classifier.fit(two);
    NetworkClassificationModel weighted = classifier.setWeightCol("weight").fit(two);
    assertArrayEquals(params(expected), params(weighted), 1e-5f);
    assertFalse(Arrays.equals(params(plain), params(weighted)));
    Column scaled = two.col("weight").multiply(1000);
    assertArrayEquals(
        params(weighted), params(classifier.fit(two.withColumn("weight", scaled))), 1e-6f);
    Dataset<Row> without = two.withColumn("weight", functions.expr("if(weight = 1, 0, 1)"));
    NetworkClassificationModel dropped =
        classifier.copy(new ParamMap()).setWeightCol("").fit(two.filter("weight > 1"));
    assertArrayEquals(params(dropped), params(classifier.fit(without)), 1e-5f);
  }

  @Test
  void weightedRegression_isThatOfRepeatedRows_andBadWeightsAreNamed() {
    Dataset<Row> clouds = clouds();
    NetworkRegressor regressor =
        regressor()
            .setTraining("{epochs: 9, optimizer: {sgd: {learningRate: 0.1}}}")
            .setBatchSize(999);
    Dataset<Row> often =
        clouds.withColumn("times", functions.expr("explode(sequence(1, cast(weight as int)))"));
    float[] expected = regressor.fit(often).network().params().copy().block(0);
    regressor.setWeightCol("weight");
    assertArrayEquals(expected, regressor.fit(clouds).network().params().block(0), 1e-5f);
    for (String bad : List.of("-weight", "0", "if(weight > 1, weight, null)", "double('NaN')")) {
      Dataset<Row> table =
          clouds.withColumn("weight", functions.expr("cast(" + bad + " as double)"));
      Exception e = assertThrows(IllegalArgumentException.class, () -> regressor.fit(table));
      assertTrue(e.getMessage().contains("weightCol: column 'weight'"), e::getMessage);
    }
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> regressor.setWeightCol("none").fit(clouds));
    assertTrue(e.getMessage().contains("none"), e::getMessage);
  }

  private static float[] params(NetworkClassificationModel model) {
    return model.network().params().block(0);
  }

  @Test
  void onlyTheColumnsThatAreUsed_areReadFromParquet(@TempDir Path folder) {
    Dataset<Row> clouds = clouds();
    String path = folder.resolve("clouds").toString();
    clouds.write().parquet(path);
    Dataset<Row> stored = LocalSpark.session().read().parquet(path);
    String plan =
        classifier()
            .fit(clouds)
            .transform(stored)
            .select("prediction")
            .queryExecution()
            .executedPlan()
            .toString();
    assertTrue(plan.contains("ReadSchema: struct<features:"), plan);
    assertFalse(plan.contains("unused"), plan);
    assertFalse(plan.contains("probability"), plan);
  }

  @Test
  void modelIsLoadedOnce_howeverManyPartitionsAndCopiesAsk() {
    NetworkClassificationModel model = classifier().fit(clouds());
    Dataset<Row> clouds = clouds().repartition(12);
    long before = PoolsMade.soFar();
    assertEquals(90, model.transform(clouds).filter("prediction >= 0").count());
    assertEquals(
        90, model.copy(new ParamMap()).transform(clouds).filter("prediction > -1").count());
    assertEquals(1, PoolsMade.soFar() - before);
  }

  @Test
  void arraysOfNumbers_areFeaturesToo_andStayWhatTheyWere() {
    Dataset<Row> clouds = clouds();
    Dataset<Row> arrays =
        clouds.withColumn(
            "features",
            org.apache.spark.ml.functions.vector_to_array(clouds.col("features"), "float32"));
    NetworkClassificationModel model = classifier().fit(arrays);
    Dataset<Row> predicted = model.transform(arrays);
    assertEquals(
        Set.of(model.transformSchema(arrays.schema()).names()), Set.of(predicted.schema().names()));
    assertEquals(arrays.schema().apply("features"), predicted.schema().apply("features"));
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted);
    assertTrue(accuracy > 0.9, "accuracy " + accuracy);
    assertTrue(new RegressionEvaluator().evaluate(regressor().fit(arrays).transform(arrays)) < 10);
  }

  @Test
  void parameters_areCopiedAndSaved(@TempDir Path folder) throws IOException {
    NetworkClassifier classifier =
        classifier()
            .setNumClasses(4)
            .setWeightCol("weight")
            .setThresholds(new double[] {1, 2, 3, 4});
    classifier.save(folder.resolve("estimator").toString());
    NetworkClassifier loaded = NetworkClassifier.load(folder.resolve("estimator").toString());
    for (NetworkClassifier same : List.of(loaded, classifier.copy(new ParamMap()))) {
      assertEquals(classifier.uid(), same.uid());
      assertEquals(4, same.getOrDefault(same.numClasses()));
      assertEquals("weight", same.getWeightCol());
      assertArrayEquals(classifier.getThresholds(), same.getThresholds());
      assertEquals(
          classifier.getOrDefault(classifier.network()), same.getOrDefault(same.network()));
      assertEquals(10, same.getOrDefault(same.batchSize()));
    }
    NetworkClassificationModel model =
        classifier.fit(named().withColumn("label", functions.col("label")));
    model.save(folder.resolve("model").toString());
    NetworkClassificationModel again =
        NetworkClassificationModel.load(folder.resolve("model").toString());
    assertEquals(model.uid(), again.uid());
    assertArrayEquals(model.getThresholds(), again.getThresholds());
    assertEquals(model.network().sha256(), again.network().sha256());
    assertEquals(model.uid(), model.copy(new ParamMap()).uid());
  }

  @Test
  void model_isSerialisedBeforeAndAfterItIsSent() throws Exception {
    Dataset<Row> clouds = clouds();
    NetworkClassificationModel model = classifier().fit(clouds);
    Vector point = Vectors.dense(1, 1);
    assertEquals(model.predictRaw(point), throughBytes(model).predictRaw(point));
    model.transform(clouds).count();
    assertEquals(model.predictRaw(point), throughBytes(model).predictRaw(point));
  }

  private static NetworkClassificationModel throughBytes(NetworkClassificationModel model)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(model);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (NetworkClassificationModel) in.readObject();
    }
  }
}
