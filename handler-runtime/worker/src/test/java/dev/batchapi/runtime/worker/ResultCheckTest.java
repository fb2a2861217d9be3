package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCheckTest {
  private static final int LIMIT = 262_144;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "-1.5e300",
        "\"é🙂\"",
        " [1, {\"a\": [true, null]}]\n",
        "\"\\ud83d\""
      })
  void oneValueIsRight(String json) {
    assertThat(wrong(json)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "[NaN]",
        "[-Infinity]",
        "{\"a\": Infinity}",
        "[1,]",
        "{'a': 1}",
        "[1",
        "1 2",
        " ",
        "nul",
        "01",
        "[+1]",
        "\uFEFF[1]",
        "\"\n\"",
        "[1] // all",
        "{\"a\" 1}",
        "<html>",
        "\0",
        "1."
      })
  void anythingElseIsNot(String json) {
    assertThat(wrong(json)).hasValueSatisfying(it -> assertThat(it).startsWith("The result is no"));
    assertThat(wrong(json).orElseThrow()).doesNotContain("JsonReadFeature");
  }

  @Test
  void itIsUtf8() {
    assertThat(ResultCheck.wrong("[1]".getBytes(UTF_16), LIMIT)).isPresent();
    // Half an emoji, as some languages would write it.
    byte[] half = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0xBD, '"'};
    assertThat(ResultCheck.wrong(half, LIMIT)).hasValue("The result is no JSON: it is not UTF-8.");
  }

  @Test
  void itIsNotNestedWithoutEnd() {
    assertThat(wrong("[".repeat(900) + "]".repeat(900))).isEmpty();
    assertThat(wrong("[".repeat(100_000) + "]".repeat(100_000)).orElseThrow())
        .contains("1,000 levels");
    assertThat(wrong("9".repeat(5_000)).orElseThrow()).contains("1,000 figures");
    assertThat(wrong("[" + "9".repeat(5_000) + "]").orElseThrow()).contains("1,000 figures");
  }

  @Test
  void itsSizeIsNamed() {
    assertThat(wrong("\"" + "x".repeat(LIMIT) + "\"").orElseThrow())
        .isEqualTo("The result has 262,146 bytes as JSON; 262,144 are allowed.");
  }

  @Test
  void whatIsWrongIsShown() {
    assertThat(wrong("{\"score\": NaN}").orElseThrow())
        .startsWith("The result is no JSON, from character 1")
        .contains("{\"score\": NaN}");
  }

  private static Optional<String> wrong(String json) {
    return ResultCheck.wrong(json.getBytes(UTF_8), LIMIT);
  }
}
