/** DL4J's own networks: out of their files, planned on data, and as replicas that DL4J computes. */
package dev.braid.worker.dl4j.network;
