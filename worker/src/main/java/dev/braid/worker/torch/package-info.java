/** The torch engine: networks built on libtorch; its native types do not leave this package. */
package dev.braid.worker.torch;
