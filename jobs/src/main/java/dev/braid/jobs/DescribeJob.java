package dev.braid.jobs;

import dev.braid.driver.training.TrainingRun;
import dev.braid.jobs.settings.JobFile;
import dev.braid.jobs.settings.SettingsFile;
import dev.braid.worker.encoding.EncodedColumn;
import dev.braid.worker.layer.LayerPlan;
import dev.braid.worker.model.Model;
import dev.braid.worker.model.ModelDescription;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.network.NetworkPlan;
import dev.braid.worker.optimizer.LayerRates;
import dev.braid.worker.parameter.Parameter;
import dev.braid.worker.state.Segment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid describe MODEL}: what a network is made of. */
@Command(
    name = "describe",
    description =
        "Show the layers of a model, or of the network that a job file describes: shapes, numbers"
            + " of parameters, and which layers the job freezes.")
final class DescribeJob implements Runnable {
  private static final int MAX_COLUMNS = 50;
  private static final int MIN_NAME = 24;

  @Parameters(
      index = "0",
      paramLabel = "MODEL|JOB.yaml",
      description = "A model.zip, the folder of the run that trained it, or a job file.")
  private String path;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Configuration hadoop = new Configuration();
    PrintWriter out = spec.commandLine().getOut();
    if (path.endsWith(".yaml") || path.endsWith(".yml")) {
      SettingsFile file = SettingsFile.read(Path.of(path), List.of());
      TrainingRun run = Preparation.check(file, file.as(JobFile.class), hadoop);
      print(run.plan(), run.rates(), out);
      return;
    }
    Model model = Models.read(path, hadoop);
    print(model.description().plan(), LayerRates.ALL_ALIKE, out);
    for (ModelDescription.Input input : model.description().inputs()) {
      printColumns(input, out);
    }
    for (ModelDescription.Labels labels : model.description().labels()) {
      out.printf(
          "predicts %s%n",
          labels.classes().isEmpty()
              ? labels.width() + " numbers"
              : String.join(", ", labels.classes()));
    }
    ModelDescription.Provenance from = model.description().provenance();
    out.printf(
        "trained by %s%s, seed %d: %d epochs, %,d examples%n",
        from.braid().startsWith("Keras") ? "" : "braid ",
        from.braid(),
        from.seed(),
        from.epochs(),
        from.examples());
  }

  /** The columns of a table that an input is made of, where the model's file knows them. */
  private static void printColumns(ModelDescription.Input input, PrintWriter out) {
    if (input.encoding() == null) {
      return;
    }
    List<EncodedColumn> columns = input.encoding().columns();
    out.printf("%s is made of the columns%n", input.name());
    columns.stream().limit(MAX_COLUMNS).forEach(c -> out.printf("  %s%n", c.description()));
    if (columns.size() > MAX_COLUMNS) {
      out.printf("  and %d more%n", columns.size() - MAX_COLUMNS);
    }
  }

  private static void print(Blueprint blueprint, LayerRates rates, PrintWriter out) {
    blueprint.inputs().forEach((name, shape) -> out.printf("input %s %s%n", name, shape));
    if (blueprint instanceof NetworkPlan plan) {
      int width =
          Math.max(
              MIN_NAME,
              plan.layers().stream().mapToInt(l -> l.node().name().length()).max().orElse(0));
      String columns = "%%-%ds %%-20s %%-18s %%12s %%16s%%s%%n".formatted(width);
      out.printf(columns, "layer", "kind", "shape", "parameters", "multiplications", "");
      for (LayerPlan layer : plan.layers()) {
        String name = layer.node().name();
        long numParams =
            layer.ownParameters().stream()
                .filter(p -> p.role() == Segment.Role.WEIGHT || p.role() == Segment.Role.BIAS)
                .mapToLong(Parameter::size)
                .sum();
        out.printf(
            columns,
            name,
            layer.node().kind(),
            layer.shape(),
            "%,d".formatted(numParams),
            multiplications(layer),
            lenders(layer) + remark(rates.of(layer.original())));
      }
    } else {
      out.printf("%-24s %-20s %-18s %12s%n", "layer", "kind", "shape", "parameters");
      for (Segment segment : blueprint.layout().params()) {
        out.printf(
            "%-24s %-20s %-18s %,12d%n", segment.name(), "", segment.shape(), segment.size());
      }
    }
    out.printf("%,d parameters", blueprint.layout().numParams());
    long frozen =
        blueprint.layout().params().stream()
            .filter(segment -> rates.frozen(0).contains(segment.layer()))
            .mapToLong(Segment::size)
            .sum();
    out.println(frozen == 0 ? "" : ", %,d of them frozen".formatted(frozen));
    if (blueprint instanceof NetworkPlan plan) {
      long all = plan.layers().stream().mapToLong(layer -> layer.multiplications().orElse(0)).sum();
      out.print(
          all == 0
              ? ""
              : "%,d multiplications by weights of convolutions and dense layers for an example%n"
                  .formatted(all));
    }
  }

  /** For one example; nothing where they are not counted. */
  private static String multiplications(LayerPlan layer) {
    OptionalLong counted = layer.multiplications();
    return counted.isPresent() ? "%,d".formatted(counted.getAsLong()) : "";
  }

  /** Whose weights a layer has beside its own. */
  private static String lenders(LayerPlan layer) {
    return layer.lenders().isEmpty()
        ? ""
        : "  weights of " + String.join(", ", new TreeSet<>(layer.lenders().values()));
  }

  private static String remark(LayerRates.Rate rate) {
    if (rate.fromEpoch() == LayerRates.Rate.NEVER) {
      return "  frozen";
    }
    String factor = rate.factor() == 1 ? "" : "  learning rate x " + rate.factor();
    return rate.fromEpoch() == 0
        ? factor
        : "  frozen until epoch " + (rate.fromEpoch() + 1) + factor;
  }
}
