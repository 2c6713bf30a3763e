package dev.braid.driver.source;

import static dev.braid.worker.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.braid.driver.source.column.ColumnSettings;
import dev.braid.driver.source.column.InputPlan;
import dev.braid.driver.source.column.NamedInput;
import dev.braid.driver.source.column.NamedOutput;
import dev.braid.driver.source.column.TableColumns;
import dev.braid.driver.source.column.TextSettings;
import dev.braid.driver.source.example.Inspection;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Selection;
import dev.braid.driver.source.table.TableItems;
import dev.braid.driver.source.text.ConllRows;
import dev.braid.worker.inference.ModelFacts;
import dev.braid.worker.shape.Shape;
import dev.braid.worker.task.tagging.TagScheme;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Sentences in the format of the CoNLL tasks: a line for each word with its columns, apart by tabs
 * where a line has one, else by blanks; blank lines between sentences; lines that begin with
 * -DOCSTART- between documents. A row is a sentence with four columns: the lists "tokens", "tags"
 * and "named", which has 1 for each word of an entity and 0 for others, and "document", the file's
 * name with the number of the document in it.
 *
 * @param path a file, a folder or a wildcard
 * @param token column of the words, from 0, or from -1 backwards; 0 by default
 * @param tag column of the tags; -1 by default
 * @param scheme how tags mark the words of an entity: BIO (also known as IOB2), IOBES, IO, or none
 *     for tags that mark no entities; BIO by default. Sentences whose tags break it are refused
 * @param as the scheme that tags are turned into; by default they stay as they are
 * @param comment what lines begin with that are remarks; by default no lines are, as a word may
 *     begin with any letter
 * @param label the column to predict; tags by default. In a scoring the one that holds what is
 *     right, for metrics; by default none
 * @param features the columns that are inputs; tokens by default
 * @param inputShape what a row's features are taken for; by default a step for each word
 * @param inputs instead of features and inputShape, by name, for a network of several inputs
 * @param outputs instead of label, by name, for a network of several outputs
 * @param columns how columns become numbers, by name
 */
public record Conll(
    String path,
    Integer token,
    Integer tag,
    TagScheme scheme,
    TagScheme as,
    String comment,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> label,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> features,
    Shape inputShape,
    Map<String, NamedInput> inputs,
    Map<String, NamedOutput> outputs,
    Map<String, ColumnSettings> columns)
    implements Table {

  public Conll {
    token = token == null ? 0 : token;
    tag = tag == null ? -1 : tag;
    scheme = scheme == null ? TagScheme.BIO : scheme;
    require(!token.equals(tag), "conll.token and conll.tag are both column %d", token);
    require(comment == null || !comment.isEmpty(), "conll.comment is empty");
    require(
        as == null || (as.marksEntities() && scheme.marksEntities()),
        "conll.as: tags are turned from one scheme that marks entities into another, not from %s"
            + " into %s",
        scheme,
        as);
    TableColumns.of(
        label, features, inputShape, inputs, outputs, columns); // refuses contradictions
  }

  /** What a training takes: words and their tags, where the settings do not say otherwise. */
  @Override
  public TableColumns wanted() {
    return TableColumns.of(
        label == null && outputs == null ? List.of(ConllRows.TAGS) : label,
        features == null && inputs == null ? List.of(ConllRows.TOKENS) : features,
        inputShape,
        inputs,
        outputs,
        columns);
  }

  /** A model is applied to words without tags, unless a label is asked for. */
  @Override
  public InputPlan plan(Inspection inspection, ModelFacts model, List<String> keep) {
    return new TableItems(this, Table.super.wanted()).plan(inspection, model, keep);
  }

  @Override
  public List<String> columns(Inspection inspection, FileStatus file) {
    return List.of(ConllRows.TOKENS, ConllRows.TAGS, ConllRows.NAMED, ConllRows.DOCUMENT);
  }

  /** Words are texts: lists of tokens. */
  @Override
  public ColumnSettings usual(String column) {
    return column.equals(ConllRows.TOKENS)
        ? ColumnSettings.of(TextSettings.DEFAULT)
        : ColumnSettings.NUMBERS;
  }

  /** A sentence goes over lines, and a document's number is counted from the file's beginning. */
  @Override
  public boolean isDivisible(Configuration hadoop, FileStatus file, long partBytes) {
    return false;
  }

  @Override
  public Parts.Reader<Object[]> reader(Configuration hadoop, Selection selection) {
    return new ConllRows(selection, token, tag, comment, new ConllRows.Schemes(scheme, as));
  }
}
