package dev.batchapi.data.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainJsonTest {
  private static final JsonFactory JSON = new JsonFactory();

  private static final List<String> SEEDS =
      List.of(
          "{\"id\": 17, \"text\": \"a text that is longer than eight\", \"tags\": [\"a\", \"\"]}",
          "[1, -2.50, 0, 0.1, true, false, null, {}, [], [[{\"a\":[]}]]]",
          " \"alone\" ",
          "-12",
          "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":null}]}},\"e\":1e5,\"f\":\"\\n\\u00e9\"}",
          "\"caf\u00c3\u00a9 12345678 \u00e2\u0082\u00ac \u00f0\u009f\u0098\u0080\"");

  private final PlainJson plain = new PlainJson();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\": 17, \"text\": \"longer than eight bytes\"}",
        "[1,-2.50,0,0.1,true,false,null,{},[],\"\"]",
        " \"alone\" \r",
        "\"\\n\\t\\\"\\\\\\/\\b\\f\\r \\u00e9\\uD83D\"",
        "{\"caf\u00e9\": \"\u00e9\u07ff\u0800\ud7ff\ue000\uffff and \ud83d\ude00\udbff\udfff\"}",
        "\"12345678\u007f\"",
        "0",
        "-0",
        "false"
      })
  void mostIsPlain(String json) {
    assertThat(isPlain(json)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "01",
        "1.",
        ".5",
        "+1",
        "1e5",
        "1 2",
        "{} {}",
        "[1,]",
        "[,1]",
        "{,}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\" 1}",
        "{a:1}",
        "[1",
        "{\"a\":1",
        "\"open",
        "\"a\tb\"",
        "\"\\x\"",
        "\"\\",
        "\"\\\"",
        "\"\\u00g0\"",
        "\"\\u00e",
        "tru",
        "truex",
        "nul",
        "falsy",
        "NaN",
        "Infinity",
        "'a'",
        "[1}",
        "\ufeff1",
        "\"12345678\u0000\"",
        "1\f",
        "/* */1"
      })
  void whatIsNoneOrHasToBeLookedAtIsNot(String json) {
    assertThat(isPlain(json)).isFalse();
  }

  /** Each in quotes: cut off, too long for its character, half of a pair, beyond the last one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00e9",
        "\u0080",
        "\u00c1\u00bf",
        "\u00e2\u0082",
        "\u00e0\u009f\u00bf",
        "\u00ed\u00a0\u0080",
        "\u00f0\u008f\u00bf\u00bf",
        "\u00f0\u009f\u0098",
        "\u00f4\u0090\u0080\u0080",
        "\u00ff"
      })
  void whatIsNoUtf8IsNot(String bytes) {
    for (var text : List.of(bytes, "12345678" + bytes, bytes + "12345678")) {
      var json = ("\"" + text + "\"").getBytes(ISO_8859_1);
      assertThat(plain.isPlain(json, 0, json.length)).isFalse();
    }
  }

  @Test
  void aLineEndsAtItsNewline() {
    assertThat(lineEnd("{\"a\": 1}\r\n2\n")).isEqualTo(9);
    assertThat(lineEnd("1\n")).isEqualTo(1);
    for (var other : List.of("", "\n", "1", "\"a\nb\"\n", "1 2\n", "1e5\n")) {
      assertThat(lineEnd(other)).as(other).isEqualTo(-1);
    }
  }

  private int lineEnd(String lines) {
    return plain.lineEnd(lines.getBytes(UTF_8), 0, lines.length());
  }

  @Test
  void whatIsNestedDeeplyOrVeryLongIsNot() {
    assertThat(isPlain("[".repeat(60) + "]".repeat(60))).isTrue();
    assertThat(isPlain("[".repeat(61) + "]".repeat(61))).isFalse();
    assertThat(isPlain("[".repeat(1_000_000))).isFalse();
    assertThat(isPlain("1".repeat(400))).isFalse();
    assertThat(isPlain("{\"" + "n".repeat(60_000) + "\":1}")).isFalse();
  }

  /** A parser has the last word: what is plain to this, it takes. */
  @Test
  void nothingIsPlainThatAParserRefuses() {
    var random = new Random(42);
    var bytes =
        " \t\r\n{}[]\",:\\-+.0123456789eEtruefalsn\u0000\u001f\u007f\u0080\u00c3\u00e2\u00f0\u00ff";
    var plainOnes = 0;
    for (var round = 0; round < 300_000; round++) {
      var json = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
      for (var change = random.nextInt(4); change > 0; change--) {
        var place = random.nextInt(json.length());
        var one = bytes.charAt(random.nextInt(bytes.length()));
        switch (random.nextInt(3)) {
          case 0 -> json.setCharAt(place, one);
          case 1 -> json.insert(place, one);
          default -> json.deleteCharAt(place);
        }
        json.append(json.isEmpty() ? "1" : "");
      }
      if (isPlainInBytes(json.toString())) {
        plainOnes++;
        assertThat(values(json.toString())).as("%s", json).isEqualTo(1);
      }
    }
    assertThat(plainOnes).isGreaterThan(50_000);
  }

  private boolean isPlain(String json) {
    var bytes = ("xxx" + json + "\"").getBytes(UTF_8); // what is around it is not read
    return plain.isPlain(bytes, 3, bytes.length - 1);
  }

  private boolean isPlainInBytes(String json) {
    var bytes = json.getBytes(ISO_8859_1);
    return plain.isPlain(bytes, 0, bytes.length);
  }

  /** How many a parser finds; -1 if it finds a mistake. */
  private static int values(String json) {
    try (var parser = JSON.createParser(json.getBytes(ISO_8859_1))) {
      var values = 0;
      while (parser.nextToken() != null) {
        parser.skipChildren();
        values++;
      }
      return values;
    } catch (IOException e) {
      return -1;
    }
  }
}
