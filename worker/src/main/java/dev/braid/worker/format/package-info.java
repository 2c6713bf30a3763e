/** File formats that Braid reads itself: IDX and pictures. */
package dev.braid.worker.format;
