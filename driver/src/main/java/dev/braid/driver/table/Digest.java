package dev.braid.driver.table;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.api.java.JavaRDD;

/** Digests of bytes: SHA-256 in hexadecimal digits, or the 128 bits of MD5 for hash tables. */
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

  /** 128 good bits of some bytes, as a hash that nobody tries to break. */
  public static byte[] md5(byte[] bytes) {
    return digest("MD5").digest(bytes);
  }

  private static MessageDigest sha256() {
    return digest("SHA-256");
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
