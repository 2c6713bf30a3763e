/** A trained model as a file: description, weights and where they came from. */
package dev.braid.worker.model;
