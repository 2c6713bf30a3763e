package dev.braid.worker.dl4j.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DL4J's zips with serialised Java in them, or with sizes that are none: refused, never run. */
class HarmfulZipTest {
  private static boolean wasRun;

  private static final class Payload implements Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(ObjectInputStream in) {
      wasRun = true;
    }
  }

  /** A class that a normaliser's file names, to be loaded. */
  public static final class Named {
    static {
      wasRun = true;
    }
  }

  @BeforeEach
  void forget() {
    wasRun = false;
  }

  private static byte[] payload() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(new Payload());
    }
    return out.toByteArray();
  }

  /** A small network's zip with one entry more. */
  private static byte[] zipWith(String name, byte[] content) throws IOException {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .list()
            .layer(new OutputLayer.Builder().nIn(3).nOut(2).build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        to.write(from.readAllBytes());
      }
      to.putNextEntry(new ZipEntry(name));
      to.write(content);
    }
    return out.toByteArray();
  }

  private static void assertRefused(String entry, byte[] zip) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Dl4jFile.start("net.zip", zip))
            .getMessage();
    assertTrue(message.startsWith("net.zip: "), message);
    assertTrue(message.contains("entry " + entry), message);
    assertTrue(message.contains("serialised Java"), message);
    assertFalse(wasRun, "code from the file was run");
  }

  @Test
  void plainDl4j_wouldRunThePayload() throws IOException {
    byte[] zip = zipWith("preprocessor.bin", payload());
    assertThrows(
        Exception.class,
        () -> ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(zip), true));
    assertTrue(wasRun);
  }

  @Test
  void serialisedPreprocessor_isRefused_andNotRun() throws IOException {
    assertRefused("preprocessor.bin", zipWith("preprocessor.bin", payload()));
  }

  @Test
  void serialisedNormalizer_isRefused_andNotRun() throws IOException {
    assertRefused("normalizer.bin", zipWith("normalizer.bin", payload()));
  }

  @Test
  void normalizerOfANamedClass_isRefused_andNotLoaded() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF("NORMALIZER");
      out.writeInt(1);
      out.writeUTF("CUSTOM");
      out.writeUTF("dev.braid.worker.dl4j.network.HarmfulZipTest$Named");
    }
    assertRefused("normalizer.bin", zipWith("normalizer.bin", bytes.toByteArray()));
  }

  /** ND4J ends the whole JVM where there is no memory for as many numbers as a file speaks of. */
  @Test
  void arrayOfMoreNumbersThanThereAre_isRefusedBeforeMemoryIsTaken() throws IOException {
    for (long size : new long[] {0xFFFFFFFF0008L, -1, 1 << 20}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        out.writeUTF("MIXED_DATA_TYPES");
        out.writeLong(size);
        out.writeUTF("LONG");
        out.write(new byte[800]);
      }
      byte[] zip = zipWith(ModelSerializer.UPDATER_BIN, bytes.toByteArray());
      String message =
          assertThrows(IllegalArgumentException.class, () -> Dl4jFile.start("net.zip", zip))
              .getMessage();
      assertTrue(message.contains("entry " + ModelSerializer.UPDATER_BIN + " is damaged"), message);
    }
  }

  @Test
  void entriesThatAreNotTheNetworks_areNotShownToDl4j() throws IOException {
    byte[] zip = zipWith("../../evil", new byte[] {1});
    assertEquals(8, Dl4jFile.read("net.zip", zip).params().length());
    assertFalse(wasRun);
  }
}
