package dev.braid.driver.table;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.api.java.JavaRDD;

/** SHA-256 in hexadecimal digits. */
public final class Digest {
  private Digest() {}

  /** Of some bytes. */
  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** Of a partitioned table: that of the blocks' own, in the blocks' order. */
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
