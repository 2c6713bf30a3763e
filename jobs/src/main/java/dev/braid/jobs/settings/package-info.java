/** Job files: strict reading of YAML into records, with messages that say what to change. */
package dev.braid.jobs.settings;
