/** A learned network made into another: cut, given a new end, frozen in part. */
package dev.braid.worker.transfer;
