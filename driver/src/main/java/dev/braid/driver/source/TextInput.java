package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.driver.embedding.VectorReader;
import dev.braid.worker.embedding.Tokenizer;
import dev.braid.worker.format.Utf8;
import dev.braid.worker.inference.ModelFacts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * Texts, for models that read the indices of words: a text is cut into words, each word becomes its
 * index in a vocabulary, and the indices are cut or filled up to the length the model reads. A text
 * without any word goes to the quarantine. The text itself may be kept, as column "text".
 *
 * @param path a file, a folder or a wildcard
 * @param vocabulary a file with a word at the beginning of each line, in the order of their
 *     indices; or the file of vectors that {@code text.vectors} named in training
 * @param tokenizer as in the job files of {@code braid embed}; letters if left out
 * @param texts whether a line or a whole file is a text; lines if left out
 * @param labelFromFolder whether the name of the folder a file lies in is its texts' class, for
 *     metrics; false if left out
 * @param first index of the vocabulary's first word; 2 if left out
 * @param unknown index of words the vocabulary does not have; 1 if left out
 * @param padding index that fills up short texts; 0 if left out
 * @param align which end of a text stays where it is too long, and stands at its place where it is
 *     too short; start if left out
 */
public record TextInput(
    @JsonProperty(required = true) String path,
    @JsonProperty(required = true) String vocabulary,
    String tokenizer,
    Texts texts,
    Boolean labelFromFolder,
    Integer first,
    Integer unknown,
    Integer padding,
    Align align)
    implements Input, Serializable {
  private static final String TEXT = "text";
  private static final String LABEL = "label";

  public TextInput {
    tokenizer = tokenizer == null ? "letters" : tokenizer;
    texts = texts == null ? Texts.LINES : texts;
    labelFromFolder = labelFromFolder != null && labelFromFolder;
    first = first == null ? 2 : first;
    unknown = unknown == null ? 1 : unknown;
    padding = padding == null ? 0 : padding;
    align = align == null ? Align.START : align;
    Tokenizer.of(tokenizer);
    require(first >= 0, "first must not be negative, got %d", first);
  }

  /** What is one text. */
  public enum Texts {
    /** Every line that is not blank. */
    @JsonProperty("lines")
    LINES,
    /** Every file. */
    @JsonProperty("files")
    FILES
  }

  /** Where a text stands in the model's input. */
  public enum Align {
    /** It begins at the beginning; what is too long is cut off behind, and filled up there. */
    @JsonProperty("start")
    START,
    /** It ends at the end; what is too long is cut off in front, and filled up there. */
    @JsonProperty("end")
    END
  }

  @Override
  public InputPlan inspect(Inspection inspection, ModelFacts model, List<String> keep) {
    String setting = inspection.setting() + ".text";
    inspection.files("text.path", path);
    FileStatus words = inspection.files("text.vocabulary", vocabulary).get(0);
    if (!VectorReader.isVectors(words.getPath().toString(), inspection.hadoop())) {
      try (BufferedReader lines = inspection.text(words)) {
        require(lines.readLine() != null, "%s.vocabulary: %s is empty", setting, vocabulary);
      } catch (IOException e) {
        throw Inspection.unreadable(vocabulary, e);
      }
    }
    List<String> columns = labelFromFolder ? List.of(TEXT, LABEL) : List.of(TEXT);
    return InputPlan.ofTable(
        setting,
        columns,
        Set.of(),
        List.of(TEXT),
        labelFromFolder ? LABEL : null,
        keep,
        model.inputShape());
  }

  @Override
  public JavaRDD<Placed<Item>> read(
      SparkSession spark, InputPlan plan, List<FileStatus> files, long partBytes) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    HashMap<String, Integer> indices = indices(Inspection.of(hadoop));
    Parts.Reader<Item> reader =
        texts == Texts.LINES
            ? new Lines<>(false, (part, conf) -> new Decoder(this, plan, indices))
            : (part, conf) -> new Whole(part, conf, new Decoder(this, plan, indices));
    return Parts.read(
        spark,
        Part.cut(
            files,
            partBytes,
            file -> texts == Texts.LINES && Lines.isDivisible(hadoop, file.getPath())),
        reader);
  }

  private HashMap<String, Integer> indices(Inspection inspection) {
    HashMap<String, Integer> indices = new HashMap<>();
    FileStatus file = inspection.files("text.vocabulary", vocabulary).get(0);
    String name = file.getPath().toString();
    int index = first;
    if (VectorReader.isVectors(name, inspection.hadoop())) {
      for (String word : VectorReader.words(name, inspection.hadoop(), Integer.MAX_VALUE)) {
        indices.put(word, index++);
      }
      return indices;
    }
    try (BufferedReader lines = inspection.text(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        indices.putIfAbsent(line.strip().split("\\s", 2)[0], index++);
      }
      return indices;
    } catch (IOException e) {
      throw new UncheckedIOException("the vocabulary " + vocabulary + " cannot be read", e);
    }
  }

  private static final class Decoder implements Lines.Decoder<Item> {
    private final TextInput input;
    private final InputPlan plan;
    private final Map<String, Integer> indices;
    private final Tokenizer tokenizer;

    Decoder(TextInput input, InputPlan plan, Map<String, Integer> indices) {
      this.input = input;
      this.plan = plan;
      this.indices = indices;
      this.tokenizer = Tokenizer.of(input.tokenizer());
    }

    @Override
    public Placed<Item> decode(String text, String file, LongSupplier row) {
      List<String> words = tokenizer.words(text);
      require(!words.isEmpty(), "the text has no word");
      float[] numbers = new float[plan.width()];
      int length = numbers.length;
      int shift = input.align() == Align.START ? 0 : words.size() - length;
      for (int i = 0; i < length; i++) {
        int at = i + shift;
        numbers[i] =
            at < 0 || at >= words.size()
                ? input.padding()
                : indices.getOrDefault(words.get(at), input.unknown());
      }
      String label = plan.label() == null ? null : new Path(file).getParent().getName();
      Object[] kept =
          plan.keptColumns().stream().map(name -> name.equals(TEXT) ? text : label).toArray();
      return Item.sound(file, row, numbers, kept, label);
    }
  }

  /** A file as one row. */
  private static final class Whole implements Parts.Rows<Item> {
    private final Part part;
    private final Configuration hadoop;
    private final Decoder decoder;
    private boolean given;

    Whole(Part part, Configuration hadoop, Decoder decoder) {
      this.part = part;
      this.hadoop = hadoop;
      this.decoder = decoder;
    }

    @Override
    public Placed<Item> next() throws IOException {
      if (given) {
        return null;
      }
      given = true;
      byte[] bytes;
      try (InputStream in = Inspection.open(new Path(part.file()), hadoop)) {
        bytes = in.readAllBytes();
      }
      try {
        return decoder.decode(Utf8.text(bytes), part.file(), () -> 1);
      } catch (IllegalArgumentException e) {
        return Item.broken(part.file(), () -> 1, e.getMessage());
      }
    }

    @Override
    public void close() {}
  }
}
