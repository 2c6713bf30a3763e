package dev.braid.driver.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a number crosses the wire. */
public enum WireFormat {
  /** All 32 bits. */
  @JsonProperty("float32")
  FLOAT32,
  /**
   * The upper 16 of them (bfloat16), rounded towards zero. The workers are sent the rounded state
   * and answer with their rounded change; what the rounding of the state has cut off stays with the
   * driver and is added back after each round, so it is not lost. Rounding towards zero keeps what
   * is never negative, such as Adam's second moment, from becoming so. A change loses less than 0.8
   * % of its size.
   */
  @JsonProperty("bfloat16")
  BFLOAT16;

  int bytes() {
    return this == FLOAT32 ? Float.BYTES : Short.BYTES;
  }

  /** The 16 bits that stand for {@code x}. */
  static short toBfloat16(float x) {
    return (short) (Float.floatToRawIntBits(x) >>> 16);
  }

  /** The number that 16 bits stand for. */
  static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
