package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class LineHeadTest {
  private static final ObjectMapper JSON = new ObjectMapper();

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
