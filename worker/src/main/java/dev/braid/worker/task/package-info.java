/** What a network is for: tasks, each a room of its own with labels, loss, decoder and metric. */
package dev.braid.worker.task;
