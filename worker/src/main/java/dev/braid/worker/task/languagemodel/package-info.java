/** What comes next in a text: language models over characters or words. */
package dev.braid.worker.task.languagemodel;
