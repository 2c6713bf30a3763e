package dev.braid.worker.task;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@link Task} in a job file or a model's file: its name where all its settings have their
 * defaults, else {@code {name: {settings}}}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
@JacksonAnnotationsInside
@JsonDeserialize(using = TaskJson.Reader.class)
@JsonSerialize(using = TaskJson.Writer.class)
public @interface TaskForm {}
