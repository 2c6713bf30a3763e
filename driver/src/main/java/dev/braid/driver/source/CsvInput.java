package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.univocity.parsers.csv.CsvParser;
import dev.braid.worker.inference.ModelFacts;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Tables in CSV files; kept columns are text in the output, as they were written.
 *
 * @param path a file, a folder or a wildcard
 * @param header whether each file begins with the columns' names; true by default
 * @param separator between two fields; a comma by default
 * @param features the columns that are inputs, by name, number or range; by default all but label
 *     and kept ones
 * @param label the column that holds what is right, for metrics; by default none
 */
public record CsvInput(
    String path,
    Boolean header,
    String separator,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    String label)
    implements Input {
  public CsvInput {
    header = header == null || header;
    separator = separator == null ? "," : separator;
    require(!separator.isEmpty(), "separator must not be empty");
  }

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".csv";
    FileStatus first = inspection.files("csv.path", path).get(0);
    InputPlan plan =
        InputPlan.ofTable(
            setting, names(inspection, first), features, label, keep, model.inputShape());
    plan.requireFits(setting, first.getPath().toString(), plan.features().size());
    return plan;
  }

  private List<String> names(Inspection inspection, FileStatus file) {
    try (BufferedReader lines = inspection.text(file)) {
      String line = lines.readLine();
      require(line != null && !line.isBlank(), "%s is empty", file.getPath());
      String[] fields = CsvParsing.fields(new CsvParsing(separator).parser(), line);
      return IntStream.range(0, fields.length)
          .mapToObj(i -> header && fields[i] != null ? fields[i] : String.valueOf(i))
          .toList();
    } catch (IOException e) {
      throw Inspection.unreadable(file.getPath().toString(), e);
    }
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    CsvParsing parsing = new CsvParsing(separator);
    return Parts.read(
        spark,
        Part.cut(files, partBytes, file -> Lines.isDivisible(hadoop, file.getPath())),
        new Lines<>(header, (part, conf) -> new Decoder(plan, parsing.parser())));
  }

  private static final class Decoder implements Lines.Decoder<Item> {
    private final InputPlan plan;
    private final CsvParser parser;
    private final int[] features;
    private final int label;
    private final int[] kept;

    Decoder(InputPlan plan, CsvParser parser) {
      this.plan = plan;
      this.parser = parser;
      this.features = plan.features().stream().mapToInt(plan::index).toArray();
      this.label = plan.label() == null ? -1 : plan.index(plan.label());
      this.kept = plan.keptColumns().stream().mapToInt(plan::index).toArray();
    }

    @Override
    public Placed<Item> decode(String line, String file, LongSupplier row) {
      String[] fields = CsvParsing.fields(parser, line);
      require(
          fields.length == plan.columns().size(),
          "%d fields, expected %d",
          fields.length,
          plan.columns().size());
      Numbers numbers = new Numbers(plan.shape(), features.length);
      for (int feature : features) {
        numbers.addText(fields[feature], plan.columns().get(feature));
      }
      Object[] values = new Object[kept.length];
      for (int i = 0; i < kept.length; i++) {
        values[i] = fields[kept[i]];
      }
      return Item.sound(file, row, numbers.all(), values, label < 0 ? null : fields[label]);
    }
  }
}
