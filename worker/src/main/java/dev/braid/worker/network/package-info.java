/** A network as a job file describes it, and its plan: who reads whom, all shapes resolved. */
package dev.braid.worker.network;
