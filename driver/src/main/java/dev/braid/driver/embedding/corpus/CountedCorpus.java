package dev.braid.driver.embedding.corpus;

import dev.braid.driver.embedding.vectors.WordVectors;
import java.util.Optional;

/**
 * What word vectors are trained on.
 *
 * @param texts cut into words
 * @param vocabulary the words that are kept
 * @param start vectors to go on from; words they lack start afresh
 */
public record CountedCorpus(
    Corpus texts, CorpusVocabulary vocabulary, Optional<WordVectors> start) {}
