package dev.braid.driver.source.column;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.TaskForm;
import java.util.List;

/**
 * What one of several outputs is to predict from a table.
 *
 * @param columns by name, number or range; several for several numbers, properties or time steps
 * @param classes the names of its classes in the order of their ids, also of those that no example
 *     has: a list, or the path of a file; null for those that occur
 * @param task what kind of prediction; null for {@code data.task}, or what the labels suggest
 */
public record NamedOutput(
    @JsonProperty(required = true)
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> columns,
    StatedClasses classes,
    @TaskForm Task task) {}
