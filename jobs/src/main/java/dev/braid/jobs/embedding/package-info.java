/** Word-embedding jobs: train, look up, compare, draw. */
package dev.braid.jobs.embedding;
