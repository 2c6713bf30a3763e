package dev.braid.jobs;

import static dev.braid.worker.Check.require;

import dev.braid.worker.engine.NetworkEngine;
import dev.braid.worker.generation.Beam;
import dev.braid.worker.generation.Choice;
import dev.braid.worker.generation.Sampling;
import dev.braid.worker.generation.Sampling.Nucleus;
import dev.braid.worker.generation.TextWriter;
import dev.braid.worker.model.Model;
import java.io.PrintWriter;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code braid sample MODEL}: a text that a language model writes, printed as it goes. */
@Command(
    name = "sample",
    description = "Write a text with a language model: one trained with data.task: languageModel.")
final class SampleJob implements Runnable {
  private static final double COURSE_LENGTH_POWER = 0.7;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model.zip, or the folder of the run that trained it.")
  private String path;

  @Option(
      names = "--start",
      paramLabel = "TEXT",
      description = "What the text begins with; by default a new line, or a new text.")
  private String start = "";

  @Option(
      names = "--length",
      paramLabel = "TOKENS",
      description = "Characters or words to write at most; 500 by default.")
  private int length = 500;

  @Option(
      names = "--temperature",
      description =
          "Below 1 for likelier tokens, 0 for the likeliest always, above 1 for more surprising"
              + " ones; 1 by default.")
  private Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K likeliest tokens alone.")
  private Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from as few of the likeliest tokens as have the probability P together.")
  private Double topP;

  @Option(names = "--seed", description = "The same seed gives the same text; 0 by default.")
  private Long seed;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Instead of drawing search for a likely text, going on with the N best.")
  private Integer beams;

  @Option(
      names = "--length-power",
      paramLabel = "ALPHA",
      description =
          "Beams that end are ranked by log P / length^ALPHA; 0.7 by default, 0 prefers short"
              + " ones.")
  private Double lengthPower;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = "What computes, jvm or torch. Default: jvm.")
  private String engine;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Choice choice = choice();
    require(length > 0, "--length must be at least 1, got %d", length);
    PrintWriter out = spec.commandLine().getOut();
    try (TextWriter writer = writer()) {
      writer.write(
          start,
          choice,
          length,
          piece -> {
            out.print(piece);
            out.flush();
          });
    }
    out.println();
  }

  private TextWriter writer() {
    Model model = Models.read(path, new Configuration());
    return engine == null
        ? TextWriter.of(model)
        : TextWriter.of(model, NetworkEngine.named(engine));
  }

  private Choice choice() {
    if (beams != null) {
      require(
          temperature == null && topK == null && topP == null && seed == null,
          "--beams finds a likely text and draws nothing; leave out --temperature, --top-k, --top-p"
              + " and --seed");
      return new Beam(beams, lengthPower == null ? COURSE_LENGTH_POWER : lengthPower);
    }
    require(lengthPower == null, "--length-power ranks the texts of --beams; give it too");
    Nucleus nucleus = new Nucleus(topK == null ? Integer.MAX_VALUE : topK, topP == null ? 1 : topP);
    return new Sampling(1, temperature == null ? 1 : temperature, nucleus, seed == null ? 0 : seed);
  }
}
