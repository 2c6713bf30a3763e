package dev.braid.driver.source.text;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.FileContent;
import dev.braid.driver.source.row.FilePart;
import dev.braid.driver.source.row.Parts;
import dev.braid.driver.source.row.Placed;
import dev.braid.driver.source.row.Selection;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.format.Utf8;
import dev.braid.worker.task.tagging.Entity;
import dev.braid.worker.task.tagging.TagScheme;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/**
 * The sentences of files in the format of the CoNLL tasks. A sentence that cannot be used is broken
 * as a whole; the number of a row is that of its first line.
 *
 * @param token column of the words, from 0, or from -1 backwards
 * @param tag column of the tags
 * @param comment what remarks begin with; null where there are none
 */
public record ConllRows(Selection selection, int token, int tag, String comment, Schemes schemes)
    implements Parts.Reader<Object[]> {
  /** What the list of a sentence's words is called. */
  public static final String TOKENS = "tokens";

  /** What the list of its tags is called. */
  public static final String TAGS = "tags";

  /** What the list is called that has 1 for each word of an entity and 0 for others. */
  public static final String NAMED = "named";

  /** What the document it stands in is called. */
  public static final String DOCUMENT = "document";

  private static final String OUTSIDE = "O";
  private static final String DOCUMENT_LINE = "-DOCSTART-";
  private static final Pattern TAB = Pattern.compile("\t");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /**
   * How tags mark entities.
   *
   * @param from how they are written
   * @param to what they are turned into; null where they stay
   */
  public record Schemes(TagScheme from, TagScheme to) implements Serializable {

    /**
     * The tags of a sentence as they are wanted.
     *
     * @throws IllegalArgumentException naming the line of a tag that breaks the scheme
     */
    List<String> tags(List<String> tags, List<Long> lines) {
      for (int i = 0; i < tags.size(); i++) {
        try {
          from.requireTag(tags.get(i));
        } catch (WrongSettings e) {
          throw new WrongSettings("line " + lines.get(i) + ": " + e.getMessage(), e);
        }
      }
      int illegal = from.firstIllegal(tags);
      require(
          illegal < 0,
          "line %d: %s; mend it, or set conll.scheme to what the tags are written in",
          illegal < 0 ? 0 : lines.get(Math.min(illegal, tags.size() - 1)),
          illegal < 0 ? "" : from.illegality(tags, illegal));
      return to == null ? tags : to.write(Entity.of(tags), tags.size());
    }
  }

  @Override
  public Parts.Rows<Object[]> open(FilePart part, Configuration hadoop) throws IOException {
    Path path = new Path(part.file());
    try {
      return new Rows(part.file(), Utf8.open(FileContent.open(path, hadoop), part.file()));
    } catch (WrongSettings e) { // UTF-16, say
      return Parts.once(Placed.brokenFile(part.file(), 1, e.getMessage()));
    } catch (EOFException | ZipException e) { // the file itself is damaged: no retry helps
      return Parts.once(Placed.brokenFile(part.file(), 1, "cannot be read: " + e));
    }
  }

  private boolean wantsTags() {
    return selection.all().contains(TAGS) || selection.all().contains(NAMED);
  }

  /** The words of a sentence so far. */
  private final class Sentence {
    private final List<String> tokens = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private final List<Long> lines = new ArrayList<>();
    private String problem;

    void add(String line, long number) {
      lines.add(number);
      String[] fields = (line.indexOf('\t') < 0 ? BLANKS : TAB).split(line.strip());
      try {
        tokens.add(field(fields, token, "conll.token"));
        tags.add(wantsTags() ? tag(fields) : null);
      } catch (WrongSettings e) {
        fail(number, e.getMessage());
      }
    }

    private String tag(String[] fields) {
      int at = tag < 0 ? fields.length + tag : tag;
      int word = token < 0 ? fields.length + token : token;
      require(
          at >= 0 && at < fields.length && at != word && !fields[at].isBlank(),
          "the token '%s' has no tag; see conll.tag%s",
          fields[word],
          comment == null && fields[0].startsWith("#") ? ", or conll.comment for remarks" : "");
      return fields[at].strip();
    }

    private static String field(String[] fields, int column, String setting) {
      int at = column < 0 ? fields.length + column : column;
      require(
          at >= 0 && at < fields.length && !fields[at].isBlank(),
          "there is nothing in column %d, but '%s' is all the line has; see %s",
          column,
          String.join(" ", fields),
          setting);
      return fields[at].strip();
    }

    /** The first line that cannot be used is the one to tell of. */
    void fail(long line, String words) {
      if (lines.isEmpty() || lines.get(lines.size() - 1) != line) {
        lines.add(line);
      }
      problem = problem == null ? "line " + line + ": " + words : problem;
    }

    boolean isEmpty() {
      return lines.isEmpty();
    }

    Placed<Object[]> row(String file, int document) {
      long first = lines.get(0);
      if (problem != null) {
        return Placed.broken(file, () -> first, problem);
      }
      return Placed.sound(file, () -> first, this).map(sentence -> sentence.values(file, document));
    }

    private Object[] values(String file, int document) {
      List<String> written = wantsTags() ? schemes.tags(tags, lines) : null;
      String place = new Path(file).getName() + "#" + document;
      return selection.row(
          column ->
              switch (column) {
                case TOKENS -> tokens;
                case TAGS -> written;
                case NAMED -> written.stream().map(tag -> tag.equals(OUTSIDE) ? 0L : 1L).toList();
                case DOCUMENT -> place;
                default -> null;
              });
    }
  }

  private final class Rows implements Parts.Rows<Object[]> {
    private final String file;
    private final LineReader lines;
    private final Text bytes = new Text();
    private long line;
    private long numChars;
    private int document;
    private boolean ended;

    Rows(String file, InputStream in) {
      this.file = file;
      this.lines = new LineReader(in);
    }

    @Override
    public long numChars() {
      return numChars;
    }

    @Override
    public Placed<Object[]> next() throws IOException {
      Sentence sentence = new Sentence();
      int own = document;
      while (!ended) {
        boolean goesOn = read(sentence);
        if (!goesOn && !sentence.isEmpty()) {
          return sentence.row(file, own);
        }
        own = sentence.isEmpty() ? document : own;
      }
      return null;
    }

    /** Reads a line; false where the sentence is at its end. */
    private boolean read(Sentence sentence) throws IOException {
      try {
        ended = lines.readLine(bytes) == 0;
      } catch (EOFException | ZipException e) { // the file itself is damaged: no retry helps
        ended = true;
        sentence.fail(line + 1, "cannot be read from here on: " + e);
      }
      if (ended) {
        return false;
      }
      line++;
      numChars += bytes.getLength() + 1;
      String text;
      try {
        text = Utf8.text(bytes.getBytes(), 0, bytes.getLength());
      } catch (IllegalArgumentException e) { // characters that are none
        sentence.fail(line, e.getMessage());
        return true;
      }
      if (comment != null && text.startsWith(comment)) {
        return true;
      }
      boolean begins = text.startsWith(DOCUMENT_LINE);
      document += begins ? 1 : 0;
      if (begins || text.isBlank()) {
        return false;
      }
      sentence.add(text, line);
      return true;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
