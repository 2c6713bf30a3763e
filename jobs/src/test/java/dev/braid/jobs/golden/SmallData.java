package dev.braid.jobs.golden;

import dev.braid.jobs.Checkout;
import dev.braid.jobs.TarFile;
import dev.braid.worker.random.SplitMix;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Small data of every format that jobs read, the same bytes each time. */
final class SmallData {
  private static final int STEPS = 5;
  private static final int SIDE = 8;
  private static final List<String> KINDS = List.of("near", "far", "off");

  private final Path folder;

  private SmallData(Path folder) {
    this.folder = folder;
  }

  /** Writes all files into a folder. */
  static void write(Path folder) throws IOException {
    SmallData data = new SmallData(folder);
    for (String part : List.of("train", "test")) {
      int size = part.equals("train") ? 150 : 60;
      data.points(part, size);
      data.steps(part, size);
      data.wide(part, size);
      data.pictures(part, size);
    }
    data.penguins();
    data.sentences();
    data.corpus();
    data.letters();
    data.models();
  }

  private void file(String name, List<String> lines) throws IOException {
    Files.write(folder.resolve(name), lines);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** Four numbers around three centres, with a class, two numbers and three properties to tell. */
  private void points(String part, int size) throws IOException {
    SplitMix random = SplitMix.stream(size);
    List<String> csv = new ArrayList<>(List.of("a,b,c,d,kind,size,weight,p,q,r"));
    List<String> json = new ArrayList<>();
    List<String> libsvm = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int kind = i % 3;
      double a = kind + 0.4 * random.nextGaussian();
      double b = (kind == 2 ? 2 : -kind) + 0.4 * random.nextGaussian();
      double c = random.nextGaussian();
      double d = random.nextGaussian();
      String p = random.nextInt(7) == 0 ? "" : a > 1 ? "1" : "0";
      String numbers = "%s,%s,%s,%s".formatted(number(a), number(b), number(c), number(d));
      csv.add(
          "%s,%s,%s,%s,%s,%s,%s"
              .formatted(
                  numbers,
                  KINDS.get(kind),
                  number(a - 2 * b + 0.1 * d),
                  number(Math.abs(c) + d * d),
                  p,
                  b > c ? 1 : 0,
                  d > 0 ? 1 : 0));
      json.add(
          "{\"values\": [%s], \"kind\": \"%s\", \"row\": %d}"
              .formatted(numbers, KINDS.get(kind), i));
      libsvm.add("%d 1:%s 2:%s 4:%s".formatted(kind, number(a), number(b), number(d)));
    }
    file("points-" + part + ".csv", csv);
    file("points-" + part + ".json", json);
    file("points-" + part + ".libsvm", libsvm);
  }

  /** Sequences of five steps of two numbers, with a class of each step and of the whole. */
  private void steps(String part, int size) throws IOException {
    SplitMix random = SplitMix.stream(1000 + size);
    List<String> csv = new ArrayList<>(List.of("x0,y0,x1,y1,x2,y2,x3,y3,x4,y4,k0,k1,k2,k3,k4,all"));
    for (int i = 0; i < size; i++) {
      StringBuilder line = new StringBuilder();
      StringBuilder kinds = new StringBuilder();
      double sum = 0;
      for (int step = 0; step < STEPS; step++) {
        double x = random.nextGaussian();
        sum += x;
        line.append(number(x)).append(',').append(number(random.nextGaussian())).append(',');
        kinds.append(sum > 0 ? "high," : "low,");
      }
      csv.add(line.append(kinds).append(sum > 0 ? "high" : "low").toString());
    }
    file("steps-" + part + ".csv", csv);
  }

  /** Sixty-four numbers, to be read as a vector, a sequence, an image or a volume. */
  private void wide(String part, int size) throws IOException {
    SplitMix random = SplitMix.stream(2000 + size);
    List<String> csv = new ArrayList<>();
    StringBuilder header = new StringBuilder();
    for (int k = 0; k < SIDE * SIDE; k++) {
      header.append('v').append(k).append(',');
    }
    csv.add(header + "kind");
    for (int i = 0; i < size; i++) {
      int kind = i % 3;
      StringBuilder line = new StringBuilder();
      for (int k = 0; k < SIDE * SIDE; k++) {
        line.append(number((k / 21 == kind ? 1 : 0) + 0.5 * random.nextGaussian())).append(',');
      }
      csv.add(line + KINDS.get(kind));
    }
    file("wide-" + part + ".csv", csv);
  }

  /** Grey pictures of 8 x 8 with a bright bar at one of three places, in IDX files. */
  private void pictures(String part, int size) throws IOException {
    SplitMix random = SplitMix.stream(3000 + size);
    try (DataOutputStream images = idx(part + "-images", size, SIDE, SIDE);
        DataOutputStream labels = idx(part + "-labels", size)) {
      for (int i = 0; i < size; i++) {
        int kind = i % 3;
        for (int k = 0; k < SIDE * SIDE; k++) {
          int light = k % SIDE / 2 == kind ? 150 : 0;
          images.writeByte(light + random.nextInt(100));
        }
        labels.writeByte(kind);
      }
    }
  }

  private DataOutputStream idx(String name, int... sizes) throws IOException {
    DataOutputStream out = new DataOutputStream(Files.newOutputStream(folder.resolve(name)));
    out.writeInt(0x800 + sizes.length);
    for (int size : sizes) {
      out.writeInt(size);
    }
    return out;
  }

  /** The project's sample with empty fields for what is missing. */
  private void penguins() throws IOException {
    Path sample = Checkout.root().resolve("jobs/samples/penguins/penguins.csv");
    file(
        "penguins.csv",
        Files.readAllLines(sample).stream().map(line -> line.replaceAll("\\bNA\\b", "")).toList());
  }

  /** Sentences of two languages from the project's sample, and vectors of some of their words. */
  private void sentences() throws IOException {
    Path sample = Checkout.root().resolve("jobs/samples/sentences/sentences.tsv.gz");
    List<String> lines;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(sample))) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    file("sentences-train.tsv", lines.subList(0, 200));
    file("sentences-test.tsv", lines.subList(200, 260));
    SplitMix random = SplitMix.stream(4);
    List<String> vectors = new ArrayList<>(List.of("6 3"));
    for (String word : List.of("the", "is", "you", "le", "est", "vous")) {
      vectors.add(word + " " + number(random.nextGaussian()) + " 0.5 " + number(1));
    }
    file("words.txt", vectors);
  }

  /** Texts of three topics, each with words of its own. */
  private void corpus() throws IOException {
    SplitMix random = SplitMix.stream(5);
    List<String> texts = new ArrayList<>();
    for (int line = 0; line < 150; line++) {
      int topic = random.nextInt(3);
      StringBuilder text = new StringBuilder();
      for (int word = 0; word < 12; word++) {
        char of = (char) ('a' + (random.nextInt(10) == 0 ? random.nextInt(3) : topic));
        text.append(of).append("word").append(random.nextInt(10)).append(' ');
      }
      texts.add(text.append("new york").toString());
    }
    file("corpus.txt", texts);
    file(
        "analogies.txt",
        List.of(": all", "aword1 aword2 bword1 bword2", "bword3 bword4 cword3 cword4"));
  }

  /** The first letters of the project's sample, as folders of pictures. */
  private void letters() throws IOException {
    Path sample = Checkout.root().resolve("jobs/samples/letters/letters.tar.gz");
    Files.copy(sample, folder.resolve("letters.tar.gz"));
    TarFile.read(
        sample,
        (name, content) -> {
          if (name.matches(".*/(alpha|beta|gamma)/.*png")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
          }
        });
  }

  /** Files of Keras, ONNX and PyTorch that the tests of worker have. */
  private void models() throws IOException {
    Path files = Checkout.root().resolve("worker/src/test/resources/dev/braid/worker");
    Path keras = files.resolve("keras/keras-models.zip.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(keras))) {
      unpack(in);
    }
    try (InputStream in = Files.newInputStream(files.resolve("onnx/onnx-models.zip"))) {
      unpack(in);
    }
    Files.copy(files.resolve("torch/script/scripted.pt"), folder.resolve("scripted.pt"));
  }

  private void unpack(InputStream in) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      Files.write(folder.resolve(entry.getName()), zip.readAllBytes());
    }
  }
}
