/** What a network knows, as flat vectors of floats with a layout: all that crosses the wire. */
package dev.braid.worker.state;
