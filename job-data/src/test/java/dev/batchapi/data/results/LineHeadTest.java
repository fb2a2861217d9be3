package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineHeadTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, Integer.MAX_VALUE})
  void numbersAreWritten(int number) {
    var line = LineHead.of("a").put("n", number).put("m", number).end();
    assertThat(line).asString().isEqualTo("{\"job\":\"a\",\"n\":%1$d,\"m\":%1$d}\n", number);
  }

  /** Files that an earlier version has begun are gone on with. */
  @Test
  void aLineIsTheOneThatAMapperWrites() throws Exception {
    var odd = "\"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028é€😀\uD800 #%";
    var error = JSON.createObjectNode().put("message", odd);
    var line =
        LineHead.of(odd)
            .put("item", Integer.MAX_VALUE)
            .put("batch", 0)
            .source(odd)
            .put("attempts", 3)
            .put("error", error)
            .json("payload", " {\"a\":\r\n1e400} ")
            .end();

    var fields =
        JSON.createObjectNode()
            .put("job", odd)
            .put("item", Integer.MAX_VALUE)
            .put("batch", 0)
            .put("source", odd)
            .put("attempts", 3)
            .set("error", error);
    var expected =
        JSON.writeValueAsString(fields).replaceFirst("}$", ",\"payload\":{\"a\":  1e400}}\n");
    assertThat(line).isEqualTo(expected.getBytes(UTF_8));
  }
}
