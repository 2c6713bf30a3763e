/** What each layer computes on the jvm engine, forward and backward, on memory that is planned. */
package dev.braid.worker.jvm.layer;
