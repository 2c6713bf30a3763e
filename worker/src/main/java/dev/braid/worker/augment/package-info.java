/**
 * Pictures that are changed by chance while a network learns, so that it sees more than there are.
 */
package dev.braid.worker.augment;
