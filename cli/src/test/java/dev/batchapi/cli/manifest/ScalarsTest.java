package dev.batchapi.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kubectl makes of an unquoted scalar; each line was checked against its YAML library. */
class ScalarsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          ''            | null
          ~             | null
          null          | null
          y             | true
          Yes           | true
          on            | true
          yEs           | "yEs"
          n             | false
          OFF           | false
          0             | 0
          -5            | -5
          +5            | 5
          1_000         | 1000
          0x1F          | 31
          -0x1F         | -31
          0b101         | 5
          017           | 15
          0o17          | 15
          08            | 8
          2147483648    | 2147483648
          9223372036854775808 | 9223372036854775808
          1.5           | 1.5
          .5            | 0.5
          1.            | 1
          1e3           | 1000
          -1.0          | -1
          1_0.5         | 10.5
          1.2.3         | "1.2.3"
          _1            | "_1"
          1:30          | "1:30"
          2026-01-31    | "2026-01-31"
          0x            | "0x"
          1e            | "1e"
          5%            | "5%"
          """)
  void isReadAsKubectlReadsIt(String written, String json) {
    assertThat(Scalars.plain(written)).hasToString(json);
  }
}
