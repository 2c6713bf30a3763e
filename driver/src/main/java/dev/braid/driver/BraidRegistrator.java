package dev.braid.driver;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.example.RowEncoder;
import dev.braid.driver.source.row.FilePart;
import dev.braid.worker.data.Column;
import dev.braid.worker.data.Shard;
import dev.braid.worker.encoding.WordIndices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.serializer.KryoRegistrator;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Names to Kryo what Braid sends between machines, so that {@code spark.kryo.registrationRequired}
 * may be on. Braid's commands set it as {@code spark.kryo.registrator} where Kryo is chosen; others
 * set it themselves.
 */
public final class BraidRegistrator implements KryoRegistrator {
  private static final String REGISTRATORS = "spark.kryo.registrator";
  private static final List<Class<?>> TYPES =
      List.of(
          StructType.class,
          StructField.class,
          StructField[].class,
          Metadata.class,
          ArrayType.class,
          MapType.class,
          DecimalType.class,
          SQLDataTypes.VectorType().getClass(),
          DataTypes.BinaryType.getClass(),
          DataTypes.BooleanType.getClass(),
          DataTypes.ByteType.getClass(),
          DataTypes.ShortType.getClass(),
          DataTypes.IntegerType.getClass(),
          DataTypes.LongType.getClass(),
          DataTypes.FloatType.getClass(),
          DataTypes.DoubleType.getClass(),
          DataTypes.StringType.getClass(),
          DataTypes.DateType.getClass(),
          DataTypes.TimestampType.getClass(),
          DataTypes.TimestampNTZType.getClass(),
          DataTypes.NullType.getClass());

  /** The settings with this registrator behind those that are named, where Kryo is chosen. */
  public static SparkConf addTo(SparkConf conf) {
    String named = conf.get(REGISTRATORS, "");
    String ours = BraidRegistrator.class.getName();
    if (!conf.get("spark.serializer", "").equals(KryoSerializer.class.getName())
        || named.contains(ours)) {
      return conf;
    }
    return conf.set(REGISTRATORS, named.isBlank() ? ours : named + "," + ours);
  }

  @Override
  public void registerClasses(Kryo kryo) {
    kryo.register(byte[][].class);
    kryo.register(float[][].class);
    kryo.register(ArrayList.class);
    kryo.register(HashMap.class);
    kryo.register(HashSet.class);
    kryo.register(TreeMap.class);
    kryo.register(Shard.class);
    kryo.register(Column.class);
    kryo.register(Column[].class);
    // Kryo 4 cannot make records, whose fields are final.
    kryo.register(FilePart.class, new JavaSerializer());
    kryo.register(InputPlan.class, new JavaSerializer());
    kryo.register(RowEncoder.class, new JavaSerializer());
    kryo.register(WordIndices.class, new JavaSerializer());
    // The schemas of Parquet files, which Spark itself sends.
    TYPES.forEach(kryo::register);
  }
}
