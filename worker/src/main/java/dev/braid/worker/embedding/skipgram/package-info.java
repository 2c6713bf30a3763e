/** Skip-gram and CBOW on one core: local passes and their kernels. */
package dev.braid.worker.embedding.skipgram;
