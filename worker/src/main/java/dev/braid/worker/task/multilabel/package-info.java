/** Any of several properties, each of which an example has or has not. */
package dev.braid.worker.task.multilabel;
