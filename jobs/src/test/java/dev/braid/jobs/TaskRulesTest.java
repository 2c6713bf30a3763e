package dev.braid.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.InstanceofCheck;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.braid.worker.metric.Metrics;
import dev.braid.worker.task.Decoder;
import dev.braid.worker.task.LabelCodec;
import dev.braid.worker.task.Task;
import dev.braid.worker.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A task is one room: whoever trains, evaluates, applies and reports knows the interface only. */
class TaskRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.braid");

  /** Where a task's own things are: its room, and its picture. */
  private static final Pattern ROOMS =
      Pattern.compile("dev\\.braid\\.(worker\\.task\\.\\w+|jobs\\.picture)(\\..*)?");

  private static final List<Class<?>> SEAMS =
      List.of(Task.class, Metrics.class, Decoder.class, LabelCodec.class);

  private static boolean isOutside(JavaClass type) {
    return !ROOMS.matcher(type.getPackageName()).matches();
  }

  private static boolean isOfATask(JavaClass type) {
    return SEAMS.stream().anyMatch(seam -> assignableTo(seam).test(type));
  }

  @Test
  void instanceof_overTasks_isNowhereButInTheirRooms() {
    List<String> found = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (InstanceofCheck check :
          isOutside(type) ? type.getInstanceofChecks() : List.<InstanceofCheck>of()) {
        if (isOfATask(check.getRawType())) {
          found.add(type.getName() + ", line " + check.getLineNumber());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void tasksAndTheirMetrics_areNamedNowhereButInTheirRooms() {
    noClasses()
        .that(describe("are in no room of a task", TaskRulesTest::isOutside))
        .should()
        .dependOnClassesThat(
            describe("belong to a task", type -> !isOutside(type) && isOfATask(type)))
        .check(CLASSES);
  }

  /** Tasks that are asked for by name are asked for, not told apart. */
  @Test
  void namesOfTasks_areComparedNowhere() throws IOException {
    String names = Tasks.names().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    Pattern compared = Pattern.compile("(case|equals\\(|==)\\s*\"(%s)\"".formatted(names));
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("worker", "driver", "jobs")) {
      Path root = Checkout.root().resolve(module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(
                file -> {
                  String name = root.relativize(file).getParent().toString().replace('/', '.');
                  return !ROOMS.matcher(name).matches();
                })
            .forEach(sources::add);
      }
    }
    assertFalse(sources.isEmpty());
    for (Path source : sources) {
      assertFalse(
          compared.matcher(Files.readString(source)).find(), () -> "names a task: " + source);
    }
  }
}
