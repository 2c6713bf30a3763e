/** The layers a network is described with: their settings, shapes and parameters; no arithmetic. */
package dev.braid.worker.layer;
