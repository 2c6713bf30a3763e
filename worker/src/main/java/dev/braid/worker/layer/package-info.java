/**
 * The layers a network is described with: their settings, results and parameters; no arithmetic.
 */
package dev.braid.worker.layer;
