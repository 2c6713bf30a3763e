package dev.braid.driver.embedding.corpus;

import dev.braid.driver.table.ChosenPartitions;
import dev.braid.driver.table.DirectPartitioner;
import dev.braid.driver.table.Iterators;
import dev.braid.worker.embedding.Frame;
import dev.braid.worker.embedding.token.CorpusChunk;
import dev.braid.worker.embedding.token.TokenBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The corpus in word ids, cut into blocks of nearly equal numbers of tokens: one for every worker
 * and round of an epoch.
 *
 * <pre>
 *   the words of each chunk's dictionary meet the vocabulary's     one shuffle of distinct words
 *   the ids come back to the chunk, which becomes token ids        one shuffle of numbers
 *   texts go to the block in which their place in the corpus lies  one shuffle of token ids
 * </pre>
 *
 * @param blocks frames of {@link TokenBlock}, partition b holds block b alone, cached
 * @param numTokens of each block
 */
@SuppressWarnings("ArrayRecordComponent") // read only
public record TokenBlocks(JavaRDD<byte[]> blocks, long[] numTokens) implements AutoCloseable {

  /** Cuts {@code corpus} into {@code numBlocks}; words not in the vocabulary are left out. */
  public static TokenBlocks of(Corpus corpus, CorpusVocabulary vocabulary, int numBlocks) {
    JavaPairRDD<Long, byte[]> coded = coded(corpus, vocabulary);
    try {
      TreeMap<Long, Long> sizes = new TreeMap<>();
      coded
          .mapValues(TokenBlocks::numTokens)
          .collect()
          .forEach(size -> sizes.put(size._1, size._2));
      HashMap<Long, Long> offsets = new HashMap<>();
      long total = 0;
      for (Map.Entry<Long, Long> size : sizes.entrySet()) {
        offsets.put(size.getKey(), total);
        total += size.getValue();
      }
      long numTokens = total;
      JavaRDD<byte[]> blocks =
          coded
              .flatMapToPair(chunk -> pieces(chunk, offsets.get(chunk._1), numTokens, numBlocks))
              .groupByKey(new DirectPartitioner(numBlocks))
              .values()
              .mapPartitions(TokenBlocks::join)
              .persist(StorageLevel.MEMORY_AND_DISK());
      long[] blockSizes =
          blocks.map(TokenBlocks::numTokens).collect().stream().mapToLong(size -> size).toArray();
      return new TokenBlocks(blocks, blockSizes);
    } finally {
      coded.unpersist();
    }
  }

  /** The blocks of these numbers, ascending: partition w is worker w's. */
  public JavaRDD<byte[]> of(List<Integer> numbers) {
    return PartitionPruningRDD.create(blocks.rdd(), new ChosenPartitions(numbers)).toJavaRDD();
  }

  @Override
  public void close() {
    blocks.unpersist();
  }

  private static long numTokens(byte[] block) {
    return TokenBlock.fromBytes(block).tokens().length;
  }

  /** Chunks by their number, as token blocks. */
  private static JavaPairRDD<Long, byte[]> coded(Corpus corpus, CorpusVocabulary vocabulary) {
    int numSplits = corpus.numSplits();
    int numParts = Math.max(2, numSplits);
    JavaPairRDD<Integer, byte[]> questions =
        corpus.chunks().flatMapToPair(chunk -> questions(CorpusChunk.fromBytes(chunk), numParts));
    JavaPairRDD<Integer, byte[]> words =
        vocabulary
            .blocks()
            .values()
            .flatMapToPair(block -> words(VocabularyBlock.fromBytes(block), numParts));
    JavaRDD<byte[]> answers =
        questions
            .cogroup(words, new DirectPartitioner(numParts))
            .values()
            .flatMapToPair(met -> answers(met._1, met._2))
            .partitionBy(new DirectPartitioner(numSplits))
            .values();
    return corpus
        .chunks()
        .zipPartitions(answers, TokenBlocks::toTokens)
        .mapToPair(chunk -> chunk)
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** A chunk's dictionary, cut by the words' hashes. */
  private static Iterator<Tuple2<Integer, byte[]>> questions(CorpusChunk chunk, int numParts) {
    List<Tuple2<Integer, byte[]>> questions = new ArrayList<>();
    int[][] codes = byHash(chunk.words(), numParts);
    for (int part = 0; part < numParts; part++) {
      Frame.Writer frame = Frame.write(Frame.Kind.CODES).put(chunk.number()).put(codes[part]);
      frame.put(pick(chunk.words(), codes[part]));
      questions.add(new Tuple2<>(part, frame.toBytes()));
    }
    return questions.iterator();
  }

  /** A block of the vocabulary, cut in the same way. */
  private static Iterator<Tuple2<Integer, byte[]>> words(VocabularyBlock block, int numParts) {
    List<Tuple2<Integer, byte[]>> words = new ArrayList<>();
    int[][] places = byHash(block.words(), numParts);
    for (int part = 0; part < numParts; part++) {
      int[] ids = Arrays.stream(places[part]).map(place -> block.first() + place).toArray();
      long[] counts = Arrays.stream(places[part]).mapToLong(p -> block.counts()[p]).toArray();
      Frame.Writer frame = Frame.write(Frame.Kind.WORDS).put(ids).put(counts);
      words.add(new Tuple2<>(part, frame.put(pick(block.words(), places[part])).toBytes()));
    }
    return words.iterator();
  }

  private static int[][] byHash(String[] words, int numParts) {
    int[] sizes = new int[numParts];
    int[] parts = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      parts[i] = Math.floorMod(words[i].hashCode(), numParts);
      sizes[parts[i]]++;
    }
    int[][] indices = new int[numParts][];
    Arrays.setAll(indices, part -> new int[sizes[part]]);
    for (int i = words.length - 1; i >= 0; i--) {
      indices[parts[i]][--sizes[parts[i]]] = i;
    }
    return indices;
  }

  private static String[] pick(String[] words, int[] indices) {
    return Arrays.stream(indices).mapToObj(i -> words[i]).toArray(String[]::new);
  }

  /** For each question the ids (-1: unknown) and counts, addressed to the chunk's file split. */
  private static Iterator<Tuple2<Integer, byte[]>> answers(
      Iterable<byte[]> questions, Iterable<byte[]> words) {
    Map<String, Integer> ids = new HashMap<>();
    Map<String, Long> counts = new HashMap<>();
    for (byte[] bytes : words) {
      Frame.Reader frame = Frame.read(bytes, Frame.Kind.WORDS);
      int[] partIds = frame.nextInts();
      long[] partCounts = frame.nextLongs();
      String[] partWords = frame.nextStrings();
      for (int i = 0; i < partWords.length; i++) {
        ids.put(partWords[i], partIds[i]);
        counts.put(partWords[i], partCounts[i]);
      }
    }
    return Iterators.map(
        questions.iterator(),
        bytes -> {
          Frame.Reader frame = Frame.read(bytes, Frame.Kind.CODES);
          long chunk = frame.nextLong();
          int[] codes = frame.nextInts();
          String[] asked = frame.nextStrings();
          Frame.Writer answer = Frame.write(Frame.Kind.CODES).put(chunk).put(codes);
          answer.put(Arrays.stream(asked).mapToInt(word -> ids.getOrDefault(word, -1)).toArray());
          answer.put(
              Arrays.stream(asked).mapToLong(word -> counts.getOrDefault(word, 0L)).toArray());
          return new Tuple2<>((int) (chunk >>> 32), answer.toBytes());
        });
  }

  private static Iterator<Tuple2<Long, byte[]>> toTokens(
      Iterator<byte[]> chunks, Iterator<byte[]> answers) {
    Map<Long, List<byte[]>> answersByChunk = new HashMap<>();
    answers.forEachRemaining(
        answer ->
            answersByChunk
                .computeIfAbsent(
                    Frame.read(answer, Frame.Kind.CODES).nextLong(), chunk -> new ArrayList<>())
                .add(answer));
    return Iterators.map(
        chunks,
        bytes -> {
          CorpusChunk chunk = CorpusChunk.fromBytes(bytes);
          int[] ids = new int[chunk.words().length];
          long[] counts = new long[ids.length];
          for (byte[] answer : answersByChunk.remove(chunk.number())) {
            Frame.Reader frame = Frame.read(answer, Frame.Kind.CODES);
            frame.nextLong();
            int[] codes = frame.nextInts();
            int[] partIds = frame.nextInts();
            long[] partCounts = frame.nextLongs();
            for (int i = 0; i < codes.length; i++) {
              ids[codes[i]] = partIds[i];
              counts[codes[i]] = partCounts[i];
            }
          }
          return new Tuple2<>(chunk.number(), chunk.toTokens(ids, counts).toBytes());
        });
  }

  /** A chunk's texts, cut by the block in which each begins. */
  private static Iterator<Tuple2<Integer, Tuple2<Long, byte[]>>> pieces(
      Tuple2<Long, byte[]> chunk, long offset, long numTokens, int numBlocks) {
    TokenBlock tokens = TokenBlock.fromBytes(chunk._2);
    List<Tuple2<Integer, Tuple2<Long, byte[]>>> pieces = new ArrayList<>();
    int from = 0;
    for (int text = 0; text < tokens.textEnds().length; text++) {
      int block = block(tokens, text, offset, numTokens, numBlocks);
      int next = text + 1;
      if (next == tokens.textEnds().length
          || block(tokens, next, offset, numTokens, numBlocks) != block) {
        byte[] piece = tokens.slice(from, next).toBytes();
        pieces.add(new Tuple2<>(block, new Tuple2<>(chunk._1, piece)));
        from = next;
      }
    }
    return pieces.iterator();
  }

  private static int block(
      TokenBlock tokens, int text, long offset, long numTokens, int numBlocks) {
    long begin = offset + (text == 0 ? 0 : tokens.textEnds()[text - 1]);
    // A text without any known word may begin where the corpus ends.
    return Math.min(numBlocks - 1, (int) ((double) begin / numTokens * numBlocks));
  }

  private static Iterator<byte[]> join(Iterator<Iterable<Tuple2<Long, byte[]>>> block) {
    List<Tuple2<Long, byte[]>> pieces = new ArrayList<>();
    block.forEachRemaining(all -> all.forEach(pieces::add));
    pieces.sort(Comparator.comparing(piece -> piece._1));
    List<TokenBlock> parts = pieces.stream().map(p -> TokenBlock.fromBytes(p._2)).toList();
    return List.of(TokenBlock.concat(parts).toBytes()).iterator();
  }
}
