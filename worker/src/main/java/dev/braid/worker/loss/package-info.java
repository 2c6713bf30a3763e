/** What training minimises: losses in plain Java, one for all engines, each with its gradient. */
package dev.braid.worker.loss;
