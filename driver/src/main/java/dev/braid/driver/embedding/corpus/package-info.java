/** Texts in words: dictionaries, phrases, the vocabulary, blocks of word ids. */
package dev.braid.driver.embedding.corpus;
