/** DL4J as a guest: the sections, files and kinds of model by which Braid comes to know it. */
package dev.braid.worker.dl4j;
