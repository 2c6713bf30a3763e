/** The one OpenBLAS of a process, which libtorch, ND4J and Spark share. */
package dev.braid.worker.blas;
