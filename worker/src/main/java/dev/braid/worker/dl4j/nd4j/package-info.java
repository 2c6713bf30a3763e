/** ND4J's backend with its faults mended, and the way of numbers in and out of its arrays. */
package dev.braid.worker.dl4j.nd4j;
