/** The jvm engine: networks of Braid's layers in plain Java, on kernels of our own. */
package dev.braid.worker.jvm;
