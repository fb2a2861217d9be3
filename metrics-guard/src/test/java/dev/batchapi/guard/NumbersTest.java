package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The same verdict as with numbers made of the text, as wild as they come. */
class NumbersTest {
  private static final BigDecimal LARGEST = new BigDecimal("1e300");

  private final Random random = new Random(7);

  @Test
  void valuesAreJudgedAsTheirNumbersAre() {
    int acceptable = 0;
    for (int i = 0; i < 200_000; i++) {
      String text = number();
      boolean expected = new BigDecimal(text).abs().compareTo(LARGEST) <= 0;
      assertThat(acceptable(text, true)).as(text).isEqualTo(expected);
      // What is too small for a double is less than 0 all the same.
      boolean below = text.startsWith("-") && text.matches("-[0.]*[1-9].*");
      assertThat(acceptable(text, false)).as(text).isEqualTo(expected && !below);
      acceptable += expected ? 1 : 0;
    }
    assertThat(acceptable).isBetween(50_000, 199_000);
  }

  @Test
  void theWeightIsTheExportersWeight() {
    for (int i = 0; i < 100_000; i++) {
      int decimals = 1 + random.nextInt(9);
      String text = "0." + "%09d".formatted(random.nextInt(1_000_000_000)).substring(0, decimals);
      double rate = Double.parseDouble(text);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int weight = Numbers.weight(bytes, 0, bytes.length);
      if (rate == 0) {
        assertThat(weight).as(text).isZero();
      } else {
        // It divides doubles, which may be one off where 1 / rate is a whole number.
        assertThat(Math.abs(Math.min((int) (1 / rate), 1_001) - weight)).as(text).isLessThan(2);
      }
    }
  }

  private boolean acceptable(String text, boolean negative) {
    byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.UTF_8);
    return Numbers.isAcceptable(bytes, 2, bytes.length - 2, negative);
  }

  private String number() {
    StringBuilder text =
        new StringBuilder(random.nextBoolean() ? "" : random.nextBoolean() ? "-" : "+");
    text.append("0".repeat(random.nextInt(3)));
    text.append(digits(random.nextInt(4) == 0 ? 310 : 5));
    if (random.nextBoolean()) {
      text.append('.').append("0".repeat(random.nextInt(4) == 0 ? 300 : 2)).append(digits(5));
    }
    if (random.nextBoolean()) {
      text.append(random.nextBoolean() ? 'e' : 'E').append(random.nextInt(640) - 320);
    }
    return text.toString();
  }

  private String digits(int atMost) {
    StringBuilder digits = new StringBuilder();
    boolean round = random.nextBoolean();
    for (int i = random.nextInt(atMost); i >= 0; i--) {
      digits.append(round && !digits.isEmpty() ? 0 : random.nextInt(10));
    }
    return digits.toString();
  }
}
