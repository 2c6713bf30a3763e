package dev.braid.worker.embedding.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** Cuts the lines of a file split into words, and the words into chunks of bounded size. */
public final class CorpusChunks implements Iterator<CorpusChunk> {
  private static final int MAX_CHUNK_WORDS = 1 << 22;

  /** A longer line becomes several texts, as in the original word2vec. */
  private static final int MAX_TEXT_WORDS = 10_000;

  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final Iterator<ByteBuffer> lines;
  private final Tokenizer tokenizer;
  private long number;

  private Map<String, Integer> dictionary = new HashMap<>();
  private List<String> words = new ArrayList<>();
  private int[] counts = new int[1024];
  private int[] codes = new int[1024];
  private int numCodes;
  private int[] textEnds = new int[1024];
  private int numTexts;
  private long brokenLines;

  /**
   * @param lines in UTF-8, without their ends
   * @param split number of the file split
   */
  public CorpusChunks(Iterator<ByteBuffer> lines, Tokenizer tokenizer, int split) {
    this.lines = lines;
    this.tokenizer = tokenizer;
    this.number = (long) split << 32;
  }

  @Override
  public boolean hasNext() {
    while (lines.hasNext() && numCodes < MAX_CHUNK_WORDS) {
      add(lines.next());
    }
    return numCodes > 0 || brokenLines > 0;
  }

  @Override
  public CorpusChunk next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all chunks of the split were taken");
    }
    CorpusChunk chunk =
        new CorpusChunk(
            number++,
            words.toArray(new String[0]),
            Arrays.copyOf(counts, words.size()),
            Arrays.copyOf(codes, numCodes),
            Arrays.copyOf(textEnds, numTexts),
            brokenLines);
    dictionary = new HashMap<>();
    words = new ArrayList<>();
    Arrays.fill(counts, 0);
    numCodes = 0;
    numTexts = 0;
    brokenLines = 0;
    return chunk;
  }

  private void add(ByteBuffer line) {
    String text;
    try {
      text = decoder.decode(line).toString();
    } catch (CharacterCodingException e) {
      brokenLines++;
      return;
    }
    if (text.indexOf('\0') >= 0) { // of another encoding, or no text at all
      brokenLines++;
      return;
    }
    int inText = 0;
    for (String word : tokenizer.words(text)) {
      if (inText == MAX_TEXT_WORDS) {
        endText();
        inText = 0;
      }
      add(word);
      inText++;
    }
    if (inText > 0) {
      endText();
    }
  }

  private void add(String word) {
    Integer known = dictionary.get(word);
    int code = known == null ? words.size() : known;
    if (known == null) {
      dictionary.put(word, code);
      words.add(word);
      counts = withRoom(counts, code);
    }
    counts[code]++;
    codes = withRoom(codes, numCodes);
    codes[numCodes++] = code;
  }

  private void endText() {
    textEnds = withRoom(textEnds, numTexts);
    textEnds[numTexts++] = numCodes;
  }

  private static int[] withRoom(int[] values, int index) {
    return index < values.length ? values : Arrays.copyOf(values, 2 * values.length);
  }
}
