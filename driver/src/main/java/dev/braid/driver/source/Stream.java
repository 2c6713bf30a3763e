package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TextSettings;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.example.Labels;
import dev.braid.driver.source.example.SourceFacts;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.TableExamples;
import dev.braid.driver.source.text.StreamPart;
import dev.braid.driver.source.text.StreamRows;
import dev.braid.driver.source.text.TextRows;
import dev.braid.worker.embedding.token.Tokenizer;
import dev.braid.worker.task.Task;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Long texts, each file one stream of characters or words, cut into examples one after another:
 * what language models learn from. Each token but a stream's first is once what is to be predicted
 * from those before it in its example. Words have a line end behind those of each line.
 *
 * @param path a file, a folder or a wildcard
 * @param tokens characters, or how lines are cut into words, as for {@code embed}: letters,
 *     whitespace, unicode, regex:PATTERN; characters by default
 * @param length tokens of an example that are predicted; the last one of a stream may be shorter;
 *     256 by default
 * @param part the share of each file that is read; all of it by default
 * @param vocabulary a file with a known token at the beginning of each line, in the order of their
 *     ids; by default the most frequent tokens of the training part are known
 * @param maxWords only the first so many of them; by default all of the file's, or 20,000
 */
public record Stream(
    String path,
    String tokens,
    Integer length,
    StreamPart part,
    String vocabulary,
    Integer maxWords)
    implements Unnamed {
  private static final int DEFAULT_LENGTH = 256;

  public Stream {
    tokens = tokens == null ? Tokenizer.CHARACTERS : tokens;
    length = length == null ? DEFAULT_LENGTH : length;
    part = part == null ? StreamPart.ALL : part;
    require(length > 0, "stream.length must be at least 1, got %d", length);
    require(
        maxWords == null || maxWords > 0, "stream.maxWords must be at least 1, got %s", maxWords);
    Tokenizer.ofTokens(tokens); // refuses unknown ones
  }

  @Override
  public String feature() {
    return TextRows.TEXT;
  }

  /** The texts alone: what is predicted stands in no column. */
  @Override
  public TableColumns wanted() {
    TextSettings settings =
        new TextSettings(
            tokens, vocabulary, null, maxWords, null, null, null, null, null, null, null, null);
    return TableColumns.of(
        List.of(),
        List.of(TextRows.TEXT),
        null,
        null,
        null,
        Map.of(TextRows.TEXT, ColumnSettings.of(settings)));
  }

  /** A token's number in the stream is counted from the file's beginning. */
  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return false;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new StreamRows(selection, tokens, length, part);
  }

  @Override
  public SourceFacts inspect(Inspection inspection) {
    Optional<Task> task =
        inspection
            .training()
            .map(facts -> facts.outputs().get(0).task())
            .or(() -> inspection.task(Labels.ONLY));
    require(
        task.filter(Task::isOfInputs).isPresent(),
        "%s.stream has no labels but the text itself: set data.task: languageModel%s",
        inspection.setting(),
        task.map(given -> ", and not " + given.name()).orElse(""));
    return new TableExamples(this).inspect(inspection);
  }
}
