/** Texts as tokens: how words are told apart, and blocks of them that travel. */
package dev.braid.worker.embedding.token;
