/** Commands that apply finished models: once, or again and again. */
package dev.braid.jobs.inference;
