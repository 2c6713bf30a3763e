/** Numbers to predict. */
package dev.braid.worker.task.regression;
