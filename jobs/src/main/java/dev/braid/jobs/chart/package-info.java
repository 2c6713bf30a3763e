/** Drawings that are part of a page: curves on axes, a map of words, pictures; as SVG and PNG. */
package dev.braid.jobs.chart;
