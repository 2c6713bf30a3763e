package dev.braid.driver.table;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.api.java.JavaRDD;

/** SHA-256 of partitioned tables: that of the blocks' own, in the blocks' order. */
public final class Digest {
  private Digest() {}

  /** In hexadecimal digits. */
  public static String of(JavaRDD<byte[]> blocks) {
    MessageDigest all = sha256();
    blocks.map(bytes -> sha256().digest(bytes)).collect().forEach(all::update);
    return HexFormat.of().formatHex(all.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
