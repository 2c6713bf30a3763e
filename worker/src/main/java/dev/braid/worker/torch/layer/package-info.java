/** What each layer computes on libtorch, forward and backward. */
package dev.braid.worker.torch.layer;
