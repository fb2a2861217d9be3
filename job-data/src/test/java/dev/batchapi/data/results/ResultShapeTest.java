package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultShapeTest {
  private final ResultShape shape = new ResultShape();

  @Test
  void aListThatLostAnItemIsNoResultOfAnotherKind() {
    assertThat(refuse(0, 3, "[1,2,3]")).isEmpty();

    assertThat(refuse(1, 3, "[30, 50]"))
        .hasValueSatisfying(
            error ->
                assertThat(error)
                    .contains(
                        "a list of 2 results for 3 items", "batch 0", "3 results for 3 items"));
    assertThat(refuse(2, 1, "[60]")).as("a shorter last batch").isEmpty();
  }

  @Test
  void aListThatHappensToBeAsLongAsThePayloadIsNotTakenApart() {
    assertThat(refuse(0, 3, "[0.1, 0.9]")).isEmpty();

    assertThat(refuse(1, 2, "[0.2, 0.8]"))
        .hasValueSatisfying(
            error ->
                assertThat(error)
                    .contains("2 results for 2 items", "2 results for 3 items", "an object"));
  }

  @Test
  void anythingButAListIsABatchsResult() {
    assertThat(refuse(0, 2, "{\"sum\": [1, 2]}")).isEmpty();
    assertThat(refuse(1, 2, "17")).isEmpty();
    assertThat(refuse(2, 2, "[1]")).isEmpty();
    assertThat(refuse(3, 1, "[1]").orElseThrow())
        .contains("1 result for 1 item", "no list for 2 items");
  }

  @Test
  void noResultIsOfNoKind() {
    assertThat(refuse(0, 2, "")).isEmpty();
    assertThat(refuse(1, 2, "[1, 2]")).isEmpty();
    assertThat(refuse(2, 2, "")).isEmpty();
  }

  @Test
  void whatIsNoJsonNeverGetsToTheFiles() {
    assertThat(refuse(0, 1, "[1").orElseThrow()).contains("no JSON");
    assertThat(refuse(0, 1, "1 2").orElseThrow()).contains("no JSON");
  }

  private Optional<String> refuse(int batch, int items, String json) {
    return shape.refuse(batch, items, json.getBytes(UTF_8));
  }
}
