package dev.braid.jobs.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.braid.worker.Check;
import dev.braid.worker.WrongSettings;
import dev.braid.worker.engine.NetworkEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader alone, on a family of records of its own. */
class SettingsFileTest {
  private static final String GOOD =
      """
      seed: 7
      garden:
        beds: 3
        fence: wood
      plants:
        - rose: {thorns: 12}
        - fern: {}
      """;

  record Settings(long seed, Garden garden, List<Plant> plants) {}

  record Garden(int beds, Fence fence, Double metres) {
    Garden {
      Check.require(beds > 0, "beds must be at least 1, got %d", beds);
    }
  }

  enum Fence {
    WOOD,
    WIRE
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Rose.class, name = "rose"),
    @JsonSubTypes.Type(value = Fern.class, name = "fern")
  })
  sealed interface Plant permits Rose, Fern {}

  record Rose(int thorns) implements Plant {
    Rose {
      Check.require(thorns > 0, "thorns must be at least 1, got %d", thorns);
    }
  }

  record Fern() implements Plant {}

  @TempDir private Path folder;

  @Test
  void as_aGoodFile_givesTheRecord() throws IOException {
    Settings settings = read(GOOD);
    assertEquals(
        new Settings(7, new Garden(3, Fence.WOOD, null), List.of(new Rose(12), new Fern())),
        settings);
  }

  @Test
  void as_aliases_standForWhatTheirAnchorsMark() throws IOException {
    Settings settings =
        read(
            """
            seed: 7
            garden: {beds: 7, fence: wood}
            plants:
              - &first
                rose: &rose {thorns: 12}
              - *first
              - rose: *rose
            """);
    assertEquals(
        new Settings(
            7, new Garden(7, Fence.WOOD, null), List.of(new Rose(12), new Rose(12), new Rose(12))),
        settings);
  }

  @Test
  void as_mergedSections_giveTheKeysThatAreNotBesideThem() throws IOException {
    Settings settings =
        read(
            """
            seed: 1
            garden:
              <<: [{beds: 4}, {beds: 5, fence: wood}]
              metres: 1.5
            plants: []
            """);
    assertEquals(new Garden(4, Fence.WOOD, 1.5), settings.garden());
  }

  @Test
  void as_aliasWithoutAnchor_isRefusedByName() {
    assertComplaint(
        ", line 2: *rose stands for a section or list that &rose marks before it; there is none",
        "seed: 7\ngarden: *rose\n");
    assertComplaint(
        ", line 2: *itself stands for a section or list that &itself marks before it; there is"
            + " none",
        "garden: &itself\n  beds: *itself\n");
    assertComplaint(
        ", line 2: *number stands for a section or list that &number marks before it; there is"
            + " none",
        "seed: &number 7\ngarden: {beds: *number}\n");
  }

  @Test
  void as_mistakeInWhatAnAliasBrings_isNamedAtTheAlias() {
    assertComplaint(
        ": unknown key 'bedz' in garden (line 2); did you mean 'beds'?"
            + " known keys: beds, fence, metres",
        "seed: 7\ngarden: {<<: {bedz: 3}}\nplants: []\n");
  }

  @Test
  void read_byteOrderMark_isNoSetting_andOtherEncodingsAreRefused() throws IOException {
    assertEquals(read(GOOD), read("\uFEFF" + GOOD));
    Path file = Files.write(folder.resolve("job.yaml"), GOOD.getBytes(StandardCharsets.UTF_16));
    assertEquals(
        file + ": the text is UTF-16, but UTF-8 is read; convert it: iconv -f UTF-16 -t UTF-8",
        assertThrows(IllegalArgumentException.class, () -> SettingsFile.read(file, List.of()))
            .getMessage());
  }

  @Test
  void read_noSuchFile_saysSo() {
    Path missing = folder.resolve("missing.yaml");
    assertEquals(
        missing + ": no such file",
        assertThrows(IllegalArgumentException.class, () -> SettingsFile.read(missing, List.of()))
            .getMessage());
  }

  @Test
  void read_malformed_givesLineAndColumn() {
    assertComplaint(
        ", line 2, column 15: while parsing a flow node: expected the node content, but found"
            + " '<stream end>'",
        "seed: 7\nplants: [rose,");
    assertComplaint(
        ", line 3, column 1: while scanning for the next token: found character '\\t(TAB)' that"
            + " cannot start any token. (Do not use \\t(TAB) for indentation)",
        "garden:\n  beds: 3\n\tfence: wood\n");
  }

  @Test
  void read_aKeyTwice_isRefused() {
    assertComplaint(", line 2, column 5: Duplicate field 'seed'", "seed: 7\nseed: 8\n");
  }

  @Test
  void read_anEmptyFile_isRefused() {
    assertComplaint(": settings expected (lines of 'key: value'), got an empty file", "");
  }

  @Test
  void as_unknownKey_suggestsTheNearest() {
    assertComplaint(
        ": unknown key 'sede' (line 1); did you mean 'seed'? known keys: seed, garden, plants",
        GOOD.replace("seed", "sede"));
    assertComplaint(
        ": unknown key 'fance' in garden (line 4); did you mean 'fence'?"
            + " known keys: beds, fence, metres",
        GOOD.replace("fence", "fance"));
    assertComplaint(
        ": unknown key 'zzz' in plants.0.rose (line 6); known keys: thorns",
        GOOD.replace("thorns", "zzz"));
  }

  @Test
  void as_keyOfAnotherSection_isSaidToBelongThere() {
    assertComplaint(
        ": unknown key 'metres' (line 8); it belongs to garden; known keys: seed, garden, plants",
        GOOD + "metres: 2\n");
    assertComplaint(
        ": unknown key 'plants' in garden (line 2); it belongs to the top of the file;"
            + " known keys: beds, fence, metres",
        "seed: 7\ngarden: {beds: 3, plants: []}\n");
  }

  @Test
  void as_misspeltKeyOfAChoice_isFoundInside() {
    assertComplaint(
        ": unknown key 'thorn' in plants.0.rose (line 6); did you mean 'thorns'?"
            + " known keys: thorns",
        GOOD.replace("thorns", "thorn"));
  }

  @Test
  void as_unknownKind_listsTheKnown() {
    assertComplaint(
        ": plants.1 (line 7): unknown plant 'ferm'; did you mean 'fern'? known: fern, rose",
        GOOD.replace("fern", "ferm"));
  }

  @Test
  void as_twoKindsInOne_isRefused() {
    assertComplaint(
        ": plants.1 (line 7): expected exactly one plant of fern, rose, as 'name: {settings}',"
            + " got a section with fern, rose",
        GOOD.replace("fern: {}", "{fern: {}, rose: {thorns: 1}}"));
  }

  @Test
  void as_wrongType_saysWhatIsExpected() {
    assertComplaint(
        ": garden.beds (line 3): expected a whole number, got 'many'", GOOD.replace("3", "many"));
    assertComplaint(
        ": garden.beds (line 3): expected a whole number, got '2.5'", GOOD.replace("3", "2.5"));
    assertComplaint(
        ": garden (line 2): expected a section with keys, got a list",
        "seed: 7\ngarden: [1]\nplants: []\n");
    assertComplaint(
        ": garden.fence (line 4): expected one of WOOD, WIRE, got 'wod'; did you mean 'WOOD'?",
        GOOD.replace("wood", "wod"));
  }

  record Computed(NetworkEngine engine) {}

  @Test
  void as_engines_areThoseThatAnnounceThemselves() throws IOException {
    Path file = Files.writeString(folder.resolve("x.yaml"), "engine: Torch");
    assertEquals("torch", SettingsFile.read(file, List.of()).as(Computed.class).engine().name());
    Files.writeString(file, "engine: torsh");
    assertEquals(
        file
            + ": engine (line 1): expected one of jvm, torch, dl4j, got 'torsh'; did you mean 'torch'?",
        assertThrows(
                WrongSettings.class, () -> SettingsFile.read(file, List.of()).as(Computed.class))
            .getMessage());
  }

  @Test
  void as_missingKey_namesIt() {
    assertComplaint(": garden.beds is missing (line 2)", GOOD.replace("  beds: 3\n", ""));
    assertComplaint(": garden.beds is missing (line 2)", GOOD.replace("beds: 3", "beds:"));
  }

  @Test
  void as_whatARecordRefuses_isToldWithItsPlace() {
    assertComplaint(
        ": garden (line 2): beds must be at least 1, got 0", GOOD.replace("beds: 3", "beds: 0"));
  }

  @Test
  void as_whatAChosenRecordRefuses_isToldWithItsPlace() {
    assertComplaint(
        ": plants.0.rose (line 6): thorns must be at least 1, got 0",
        GOOD.replace("thorns: 12", "thorns: 0"));
  }

  @Test
  void as_aChoiceWithoutSettings_saysHowToWriteIt() {
    assertComplaint(
        ": plants.1.fern (line 7): expected {its settings}, or {} for none, got nothing",
        GOOD.replace("fern: {}", "fern:"));
    assertComplaint(
        ": plants.0.rose (line 6): expected {its settings}, or {} for none, got '12'",
        GOOD.replace("rose: {thorns: 12}", "rose: 12"));
  }

  @Test
  void set_changesValuesListsAndChoices() throws IOException {
    Settings settings =
        read(
            GOOD,
            "garden.beds=5",
            "garden.metres=2.5",
            "plants.0.rose.thorns=1",
            "plants.1={rose: {thorns: 2}}");
    assertEquals(
        new Settings(7, new Garden(5, Fence.WOOD, 2.5), List.of(new Rose(1), new Rose(2))),
        settings);
  }

  @Test
  void set_textAfterwards_readsAsTheSameSettings() throws IOException {
    Path file = Files.writeString(folder.resolve("x.yaml"), GOOD);
    SettingsFile changed = SettingsFile.read(file, List.of("garden.beds=5"));
    Path copy = Files.writeString(folder.resolve("copy.yaml"), changed.text());
    assertEquals(changed.as(Settings.class), SettingsFile.read(copy, List.of()).as(Settings.class));
    assertEquals(GOOD, SettingsFile.read(file, List.of()).text());
  }

  @Test
  void set_unknownPath_suggestsTheNearest() {
    assertComplaint(
        ": unknown key 'beets' in garden (--set garden.beets=5); did you mean 'beds'?"
            + " known keys: beds, fence, metres",
        GOOD,
        "garden.beets=5");
    assertMessage(
        "--set plants.2=1: '2' is no entry of the list; it has 2, counted from 0",
        GOOD,
        "plants.2=1");
    assertMessage("--set seed.x=1: 'seed' is '7', it has no 'x'", GOOD, "seed.x=1");
    assertMessage("--set seed: path.to.key=value expected", GOOD, "seed");
  }

  private Settings read(String text, String... assignments) throws IOException {
    Path file = Files.writeString(folder.resolve("x.yaml"), text);
    return SettingsFile.read(file, List.of(assignments)).as(Settings.class);
  }

  private void assertComplaint(String message, String text, String... assignments) {
    assertMessage(folder.resolve("x.yaml") + message, text, assignments);
  }

  private void assertMessage(String message, String text, String... assignments) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> read(text, assignments)).getMessage());
  }
}
