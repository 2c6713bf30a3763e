/** What reports show of each task: its scores in detail, as a page, as text and for programs. */
package dev.braid.jobs.picture;
