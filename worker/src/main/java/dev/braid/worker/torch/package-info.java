/** The torch engine: networks of Braid's layers on libtorch, and their losses. */
package dev.braid.worker.torch;
