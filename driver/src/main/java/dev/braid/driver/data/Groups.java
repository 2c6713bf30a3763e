package dev.braid.driver.data;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.Source;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.worker.encoding.Values;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** The groups that a column names, where several sources have it. */
final class Groups {
  private Groups() {}

  /**
   * Does nothing when no group lies in two sources: one Spark job, where there are several and a
   * column says which examples stay together.
   *
   * @throws IllegalArgumentException naming a group and its sources
   */
  static void requireApart(SparkSession spark, Division division) {
    String by = division.draw().column();
    if (by == null || division.given().isEmpty()) {
      return;
    }
    Map<Part, Source> sources = new EnumMap<>(division.given());
    sources.put(Part.TRAIN, division.source());
    List<JavaPairRDD<String, String>> groups = new ArrayList<>();
    sources.forEach(
        (part, source) -> groups.add(of(spark, source, by, division.sourceSetting(part))));
    JavaPairRDD<String, String> all = groups.get(0);
    for (JavaPairRDD<String, String> others : groups.subList(1, groups.size())) {
      all = all.union(others);
    }
    List<Tuple2<String, String>> split =
        all.distinct()
            .reduceByKey((a, b) -> a.compareTo(b) < 0 ? a + " and " + b : b + " and " + a)
            .filter(group -> group._2().contains(" and "))
            .sortByKey()
            .take(1);
    require(
        split.isEmpty(),
        "data.parts.by: %s '%s' lies in %s; leave its rows out of one, or leave by out",
        by,
        split.isEmpty() ? "" : split.get(0)._1(),
        split.isEmpty() ? "" : split.get(0)._2());
  }

  /** Each row's group, with the place of its source in the settings. */
  private static JavaPairRDD<String, String> of(
      SparkSession spark, Source source, String by, String setting) {
    return new TableExamples(source)
        .rows(spark, new Selection(List.of(by), List.of(), 0))
        .filter(row -> !Values.isMissing(row[0]))
        .mapToPair(row -> new Tuple2<>(Values.text(row[0]), setting));
  }
}
