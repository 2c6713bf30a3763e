/** Pictures of vectors: t-SNE. */
package dev.braid.worker.tsne;
