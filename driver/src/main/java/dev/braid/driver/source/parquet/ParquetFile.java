package dev.braid.driver.source.parquet;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.encoding.EncodedColumn;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A Parquet file that is looked at before Spark reads it.
 *
 * @param file where it lies
 * @param schema its columns
 * @param remarks what its writer added
 * @param numRows how many rows it holds
 */
public record ParquetFile(
    FileStatus file, MessageType schema, Map<String, String> remarks, long numRows) {
  /** Where Spark writes which of its own types columns have, such as vectors. */
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  /**
   * Reads a file's end, where schema and counts are.
   *
   * @throws IllegalArgumentException if this is not a Parquet file
   */
  public static ParquetFile open(Configuration hadoop, FileStatus file) {
    ParquetMetadata footer;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
      footer = reader.getFooter();
    } catch (NullPointerException e) { // the reader's own, where it does not know a type's number
      throw new WrongSettings(
          "%s has columns of a type that Parquet's reader does not know, such as float16; write them"
                  .formatted(file.getPath())
              + " as another, such as float",
          e);
    } catch (IOException | RuntimeException e) {
      throw new WrongSettings(
          "%s is not a sound Parquet file: %s".formatted(file.getPath(), e.getMessage()), e);
    }
    footer.getBlocks().stream()
        .flatMap(block -> block.getColumns().stream())
        .forEach(chunk -> requireReadable(chunk, file, hadoop));
    return new ParquetFile(
        file,
        footer.getFileMetaData().getSchema(),
        footer.getFileMetaData().getKeyValueMetaData(),
        footer.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum());
  }

  private static void requireReadable(
      ColumnChunkMetaData chunk, FileStatus file, Configuration hadoop) {
    String codec = chunk.getCodec().getHadoopCompressionCodecClassName();
    require(
        codec == null || hadoop.getClassByNameOrNull(codec) != null,
        "%s is compressed with %s, which cannot be read; write it with snappy, gzip, zstd or lz4",
        file.getPath(),
        chunk.getCodec());
    require(
        !chunk.getEncodings().contains(Encoding.BYTE_STREAM_SPLIT),
        "%s has a column %s in the encoding BYTE_STREAM_SPLIT, which cannot be read; write it"
            + " without",
        file.getPath(),
        chunk.getPath());
  }

  public String name() {
    return file.getPath().toString();
  }

  /** Names of the columns. */
  public List<String> columns() {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  public boolean has(String column) {
    return schema.containsField(column);
  }

  /** A column by its name; a name that two columns have is refused. */
  public Type column(String name) {
    List<Type> found = schema.getFields().stream().filter(t -> t.getName().equals(name)).toList();
    require(found.size() == 1, "%s: %d columns are called '%s'", name(), found.size(), name);
    return found.get(0);
  }

  /**
   * Refuses a file that has a feature in a type which cannot be encoded so.
   *
   * @throws IllegalArgumentException naming the column
   */
  public void requireFits(Map<String, EncodedColumn> features) {
    features.forEach(
        (name, column) -> {
          String problem = has(name) ? ParquetTypes.of(column(name)).problem(column.as()) : null;
          require(problem == null, "%s", problem);
        });
  }

  /** Some columns alone; those that the file does not have are left out. */
  public MessageType part(List<String> columns) {
    return new MessageType(
        schema.getName(), columns.stream().distinct().filter(this::has).map(this::column).toList());
  }

  /** Rows of some columns. */
  public ParquetReader<Group> rows(Configuration hadoop, MessageType part) throws IOException {
    return ParquetReader.builder(new Projection(part), file.getPath()).withConf(hadoop).build();
  }

  /** The type that Spark says a column has, where Spark wrote the file. */
  Optional<DataType> sparkType(String column) {
    String json = remarks.get(SPARK_SCHEMA);
    if (json == null) {
      return Optional.empty();
    }
    for (StructField field : ((StructType) DataType.fromJson(json)).fields()) {
      if (field.name().equals(column)) {
        return Optional.of(field.dataType());
      }
    }
    return Optional.empty();
  }

  /** Reads some columns; not by a text, which cannot hold every name. */
  private static final class Projection extends GroupReadSupport {
    private final MessageType part;

    Projection(MessageType part) {
      this.part = part;
    }

    @Override
    public ReadContext init(InitContext context) {
      return new ReadContext(part);
    }
  }
}
