package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.driver.files.GivenPath;
import dev.braid.jobs.metrics.FinishedRun;
import dev.braid.jobs.page.ComparisonPage;
import dev.braid.jobs.report.RunFolder;
import dev.braid.jobs.session.Session;
import dev.braid.jobs.settings.SettingsFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid compare RUN RUN ...}: several trainings beside one another. */
@Command(
    name = "compare",
    description =
        "Show the results of several trainings, their curves on one page, and the settings in which"
            + " they differ.")
final class CompareJob implements Runnable {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "Folders of braid train, local or of any Hadoop file system; they may still go on.")
  private List<String> folders;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "compare.html",
      description = "The page; an older one is replaced. Default: ${DEFAULT-VALUE}.")
  private String output;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    require(
        folders.size() > 1 && folders.size() <= ComparisonPage.MAX_RUNS,
        "compare takes the folders of 2 to %d runs, got %d",
        ComparisonPage.MAX_RUNS,
        folders.size());
    Configuration hadoop = Session.hadoop();
    List<String> names = folders.stream().map(folder -> GivenPath.of(folder).getName()).toList();
    boolean unique = new HashSet<>(names).size() == names.size();
    List<FinishedRun> runs = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      runs.add(read(folders.get(i), unique ? names.get(i) : folders.get(i), hadoop));
    }
    ComparisonPage page = new ComparisonPage(runs);
    Path file = GivenPath.of(output);
    RunFolder.reopen(folderOf(file), hadoop).write(file.getName(), page.html());
    spec.commandLine().getOut().print(page.text());
    spec.commandLine().getOut().println("curves and settings in " + output);
  }

  /**
   * Where a file lies; Hadoop calls the current folder by an empty name, which it does not take.
   */
  static String folderOf(Path file) {
    String parent = file.getParent() == null ? "" : file.getParent().toString();
    return parent.isEmpty() ? "." : parent;
  }

  private static FinishedRun read(String path, String name, Configuration hadoop) {
    RunFolder folder = RunFolder.existing(path, hadoop);
    String settings = String.join("\n", folder.lines("job.yaml"));
    return FinishedRun.of(
        name,
        settings.isEmpty()
            ? java.util.Map.of()
            : SettingsFile.of(path + "/job.yaml", settings, List.of()).flat(),
        folder.lines("metrics.jsonl"),
        folder.lines("summary.json"));
  }
}
