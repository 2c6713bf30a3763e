package dev.braid.jobs;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {
  private static final CommandLine BRAID = new CommandLine(new Braid());

  private static Stream<CommandSpec> commands() {
    return BRAID.getSubcommands().values().stream().distinct().map(CommandLine::getCommandSpec);
  }

  /** The text without white space, as lines may be broken within what holds none. */
  private static String help(String... arguments) {
    CommandLineRun run = CommandLineRun.braid(arguments);
    assertEquals(0, run.exitCode(), run.err());
    return solid(run.out());
  }

  private static String solid(String text) {
    return text.replaceAll("\\s+", "");
  }

  @Test
  void help_showsTheWholeSentenceOfEveryCommand() {
    String help = help("--help");
    assertAll(
        commands()
            .map(
                command ->
                    () -> {
                      String words = String.join(" ", command.usageMessage().description());
                      assertTrue(words.endsWith("."), command.name() + ": " + words);
                      String names = String.join(",", command.names());
                      assertTrue(help.contains(solid(names + words)), words);
                    }));
  }

  @Test
  void help_ofEveryCommand_showsWholeSentencesOfItsOptions() {
    assertAll(
        commands()
            .map(
                command ->
                    () -> {
                      String help = help(command.name(), "--help");
                      Stream.of(command.options(), command.positionalParameters())
                          .flatMap(Collection::stream)
                          .filter(argument -> !argument.hidden())
                          .forEach(argument -> assertShown(help, command, argument));
                    }));
  }

  private static void assertShown(String help, CommandSpec command, ArgSpec argument) {
    // One text, so that it is broken where the line ends, and nowhere else.
    assertEquals(1, argument.description().length, command.name() + " " + argument.paramLabel());
    String words =
        argument.description()[0].replace(
            "${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()));
    assertTrue(help.contains(solid(words).replace("%%", "%")), words);
  }
}
