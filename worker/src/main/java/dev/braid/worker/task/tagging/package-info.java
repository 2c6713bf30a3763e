/** Tagging: a tag for each word of a text, and the entities that the tags mark. */
package dev.braid.worker.task.tagging;
