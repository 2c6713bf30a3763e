/** One core's share of a run: networks, engines, local passes, kernels. No Spark. */
package dev.braid.worker;
