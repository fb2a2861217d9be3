package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
  private final byte[] out = new byte[NumberText.MAX_LENGTH];

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "-1, -1",
    "42, 42",
    "0.5, 0.5",
    "-0.25, -0.25",
    "100.0, 100",
    "0.1, 0.1",
    "1e-7, 0.0000001",
    "1e-9, 0.000000001",
    "1e-12, 0.000000000001",
    "3.141592653589793, 3.141592653589793",
    "0.30000000000000004, 0.30000000000000004",
    "1e15, 1000000000000000",
    "999999999999999999, 1000000000000000000",
    "9223372036854775807, 9223372036854776000",
    "8999999.123456789, 8999999.123456789",
    "-12345678.5, -12345678.5"
  })
  void writesPlainDecimals(double value, String text) {
    assertThat(text(value)).isEqualTo(text);
  }

  @Test
  void theLargestAndTheSmallestFit() {
    assertThat(text(1e300)).isEqualTo("1" + "0".repeat(300));
    for (double value : new double[] {Double.MAX_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL}) {
      assertThat(text(value)).doesNotContain("E");
      assertThat(Double.parseDouble(text(value))).isEqualTo(value);
    }
  }

  @Test
  void aMillionNumbersReadBackAsTheyWere() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextLong(10_000_000_000L) / 1e9;
            case 2 -> random.nextInt(1_000_000) / 1e3 - 500;
            default -> random.nextGaussian();
          };
      if (Double.isFinite(value)) {
        String text = text(value);
        if (Double.parseDouble(text) != value || !text.matches("-?[0-9]+(\\.[0-9]*[0-9])?")) {
          assertThat(text).as("%s", value).isEqualTo(Double.toString(value));
        }
      }
    }
  }

  private String text(double value) {
    return new String(out, 0, NumberText.write(value, out), StandardCharsets.US_ASCII);
  }
}
