package dev.braid.worker.model;

import dev.braid.worker.state.Blocks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The fingerprint by which two trained models are compared. */
public final class ModelSha256 {
  private ModelSha256() {}

  /**
   * SHA-256 over the parameters and then the running statistics, in the order of their layout, each
   * float as four bytes, the smallest first: over all that follows the header in {@code
   * weights.safetensors}.
   *
   * @return 64 hexadecimal digits
   */
  public static String of(Blocks params, Blocks statistics) {
    try (DigestOutputStream digest =
        new DigestOutputStream(
            OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
      LittleEndian.write(params, digest);
      LittleEndian.write(statistics, digest);
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written anywhere", e);
    }
  }
}
