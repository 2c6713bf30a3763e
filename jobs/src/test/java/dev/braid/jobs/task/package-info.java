/** A task that no other code knows of: directions in degrees, for the test of the seam. */
package dev.braid.jobs.task;
