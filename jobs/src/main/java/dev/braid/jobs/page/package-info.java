/** Pages of HTML complete in themselves: of a training, a scoring, a comparison, word vectors. */
package dev.braid.jobs.page;
