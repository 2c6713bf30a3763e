/** What a person sees of a run: progress on the terminal, metrics, summary and the report page. */
package dev.braid.jobs.report;
