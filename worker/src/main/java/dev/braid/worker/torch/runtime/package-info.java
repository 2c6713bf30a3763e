/** libtorch on one core: its natives, threads, precision and memory. */
package dev.braid.worker.torch.runtime;
