package dev.braid.worker.torch.script;

import dev.braid.worker.WrongSettings;
import dev.braid.worker.torch.runtime.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.global.torch;

/**
 * A file that PyTorch has written. Of its formats only TorchScript holds a program that runs
 * without Python; the others are told apart to say what to do.
 *
 * @param module to be closed
 * @param code the text of all its code
 */
record TorchFile(JitModule module, String code) {
  private static final String WRITE =
      "write the module by torch.jit.script(model).save(FILE), or where it cannot be"
          + " scripted by torch.jit.trace(model, examples).save(FILE)";

  /** A class in a pickle, with its module. */
  private static final Pattern PICKLED_CLASS = Pattern.compile("c([\\w.]+)\\n\\w+\\n");

  /** Modules of the classes that collections and tensors are pickled with. */
  private static final Pattern OF_TENSORS =
      Pattern.compile("collections|torch|torch\\._utils|torch\\.storage|numpy.*|_codecs|builtins");

  private static final int PICKLE_HEAD = 1 << 20;

  /**
   * Reads a module.
   *
   * @throws IllegalArgumentException when the file is no TorchScript, saying what it is, or damaged
   */
  static TorchFile read(byte[] file) {
    Native.prepareThread();
    if (isPickle(file)) {
      throw new WrongSettings(pickle(Arrays.copyOf(file, PICKLE_HEAD)));
    }
    try {
      Path aside = Files.createTempFile("braid", ".pt");
      try {
        Files.write(aside, file);
        String code = code(aside);
        return new TorchFile(torch.import_ir_module(new CompilationUnit(), aside.toString()), code);
      } finally {
        Files.delete(aside);
      }
    } catch (ZipException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch reads models from files; none can be written", e);
    } catch (WrongSettings e) {
      throw e;
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  private static IllegalArgumentException unreadable(Exception e) {
    return new WrongSettings(
        "not a TorchScript file that libtorch can read: " + Native.cause(e), e);
  }

  /** Whether it is what {@code torch.save} wrote before PyTorch 1.6: a pickle that is no zip. */
  static boolean isPickle(byte[] file) {
    return file.length > 1 && file[0] == (byte) 0x80 && file[1] > 0 && file[1] <= 5;
  }

  /** Whether a zip with an entry of this name is PyTorch's, which mostly puts all into a folder. */
  static boolean hasEntry(String name) {
    return (name.indexOf('/') > 0 && !name.contains("..")) || isExport(name);
  }

  private static String code(Path file) throws IOException {
    StringBuilder code = new StringBuilder();
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        entries.put(name.substring(name.indexOf('/') + 1), entry);
        if (name.contains("/code/") && name.endsWith(".py")) {
          code.append(text(zip.getInputStream(entry).readAllBytes()));
        }
      }
      if (code.isEmpty()) {
        throw new WrongSettings(withoutCode(zip, entries));
      }
    }
    return code.toString();
  }

  private static String withoutCode(ZipFile zip, Map<String, ZipEntry> entries) throws IOException {
    if (entries.keySet().stream().anyMatch(TorchFile::isExport)) {
      return "not TorchScript but a program of torch.export (.pt2), which libtorch cannot run; in"
          + " Python "
          + WRITE;
    }
    if (entries.containsKey(".data/extern_modules")) {
      return "not TorchScript but a package of torch.package, which only Python can read; in Python"
          + " "
          + WRITE;
    }
    ZipEntry pickle = entries.get("data.pkl");
    return pickle == null
        ? "not a TorchScript file: it has no code"
        : pickle(zip.getInputStream(pickle).readNBytes(PICKLE_HEAD));
  }

  private static boolean isExport(String entry) {
    return entry.startsWith("serialized_exported_program")
        || entry.startsWith("models/")
        || entry.equals("archive_format");
  }

  /** What is said of what {@code torch.save} wrote. */
  private static String pickle(byte[] head) {
    boolean isModule =
        PICKLED_CLASS
            .matcher(text(head))
            .results()
            .anyMatch(found -> !OF_TENSORS.matcher(found.group(1)).matches());
    return isModule
        ? "not TorchScript but a module pickled by torch.save, which only Python can read; in"
            + " Python "
            + WRITE
        : "not TorchScript but a pickle of torch.save with tensors alone, such as a state_dict,"
            + " which holds no program; in Python load it into its module, then "
            + WRITE;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
