package dev.braid.worker.torch.script;

import java.util.regex.Pattern;

/** Tells code in TorchScript that draws random numbers; rather too much of it than too little. */
final class RandomCode {
  private static final Pattern DRAWS =
      Pattern.compile(
          "dropout|bernoulli|binomial|rand|multinomial|normal_|\\.normal\\(|uniform_|rrelu|poisson"
              + "|exponential_|cauchy_|geometric_|_sample_|_standard_gamma"
              + "|scaled_dot_product_attention");

  /** Recurrent layers have dropout between them as an argument. */
  private static final String RECURRENT = "torch\\.(?:lstm|gru|rnn_tanh|rnn_relu)\\(";

  private static final Pattern RECURRENT_LAYER = Pattern.compile(RECURRENT);

  private static final Pattern WITHOUT_DROPOUT =
      Pattern.compile(RECURRENT + "[^\\n]*?(?:True|False), \\d+, 0\\.0*, ");

  private RandomCode() {}

  /** Whether it may draw some, in training or in inference mode. */
  static boolean isRandom(String code) {
    return DRAWS.matcher(code).find()
        || RECURRENT_LAYER.matcher(code).results().count()
            > WITHOUT_DROPOUT.matcher(code).results().count();
  }
}
