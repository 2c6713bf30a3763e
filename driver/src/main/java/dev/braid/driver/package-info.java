/** One distributed run: shards, rounds, averaging, evaluation. The only module that sees RDDs. */
package dev.braid.driver;
