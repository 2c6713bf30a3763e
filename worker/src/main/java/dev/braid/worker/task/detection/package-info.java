/** Boxes around the objects in a picture: what they are, where, and how sure a network is of it. */
package dev.braid.worker.task.detection;
