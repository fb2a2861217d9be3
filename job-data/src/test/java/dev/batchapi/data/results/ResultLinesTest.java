package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.data.input.Sources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultLinesTest {
  private final List<String> written = new ArrayList<>();
  private final ResultLines lines = new ResultLines("monday");

  @Test
  void aListAsLongAsThePayloadIsALineForEachItem() throws Exception {
    result(2, 4, 2, "[{\"a\": 1}, null]");
    result(3, 6, 1, "[7]");

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"item\":4,\"batch\":2,\"result\":{\"a\": 1}}\n",
            "{\"job\":\"monday\",\"item\":5,\"batch\":2,\"result\":null}\n",
            "{\"job\":\"monday\",\"item\":6,\"batch\":3,\"result\":7}\n");
    assertThat(lines.remark()).isEmpty();
  }

  @Test
  void nothingIsNoLine() throws Exception {
    result(0, 0, 2, "");

    assertThat(written).isEmpty();
  }

  @Test
  void noListIsTakenApartWhereItIsTheBatchsOneResult() throws Exception {
    var whole = new ResultLines("monday", Sources.NONE, false);
    whole.result(1, 3, 2, "[0.2,0.8]".getBytes(UTF_8), this::write);

    assertThat(written).containsExactly("{\"job\":\"monday\",\"batch\":1,\"result\":[0.2,0.8]}\n");
    assertThat(whole.remark()).isEmpty();
  }

  @Test
  void itemsThatFailedAreErrorsWithThemselvesAsPayloadAndTheOthersResults() throws Exception {
    var error = new ObjectMapper().createObjectNode().put("reason", "HandlerFailed");
    var failed = List.of(new ResultLines.FailedItem(1, 3, error));

    lines.items(
        2,
        20,
        List.of("1", "null", "{\"a\": 3}"),
        failed,
        BatchItems.of("[10, {\"text\": \"x\"}, 12]".getBytes(UTF_8)),
        false,
        this::write,
        this::write);

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"item\":20,\"batch\":2,\"result\":1}\n",
            "{\"job\":\"monday\",\"item\":21,\"batch\":2,\"attempts\":3,\"error\":{\"reason\":\"HandlerFailed\"},\"payload\":{\"text\":"
                + " \"x\"}}\n",
            "{\"job\":\"monday\",\"item\":22,\"batch\":2,\"result\":{\"a\": 3}}\n");
  }

  @Test
  void aListThatLostAnItemIsOneLineAndSaid() throws Exception {
    result(0, 0, 2, "[1,2]");
    result(1, 2, 2, "[3]");
    result(2, 4, 1, "[5]");

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"item\":0,\"batch\":0,\"result\":1}\n",
            "{\"job\":\"monday\",\"item\":1,\"batch\":0,\"result\":2}\n",
            "{\"job\":\"monday\",\"batch\":1,\"result\":[3]}\n",
            "{\"job\":\"monday\",\"item\":4,\"batch\":2,\"result\":5}\n");
    assertThat(lines.remark())
        .contains(
            "Batch 0 returned a list of one result for each item, and batch 1 did not: what it"
                + " returned is one line without item.");
  }

  @Test
  void anItemStandsOnItsLineAndTheItemsOfABatchOnTheirs() throws Exception {
    var payload = BatchItems.of("[{\"id\": 1e400},\"\\ud800\"]".getBytes(UTF_8));
    lines.result(0, 0, 2, "[true,false]".getBytes(UTF_8), payload, this::write);
    lines.result(1, 2, 2, "7".getBytes(UTF_8), payload, this::write);
    lines.result(2, 4, 2, "[1,2]".getBytes(UTF_8), BatchItems.unread("in/b is gone."), this::write);
    lines.result(3, 6, 2, new byte[0], payload, this::write);

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"item\":0,\"batch\":0,\"input\":{\"id\":"
                + " 1e400},\"result\":true}\n",
            "{\"job\":\"monday\",\"item\":1,\"batch\":0,\"input\":\"\\ud800\",\"result\":false}\n",
            "{\"job\":\"monday\",\"batch\":1,\"input\":[{\"id\":"
                + " 1e400},\"\\ud800\"],\"result\":7}\n",
            "{\"job\":\"monday\",\"item\":4,\"batch\":2,\"unread\":\"in/b is"
                + " gone.\",\"input\":null,\"result\":1}\n",
            "{\"job\":\"monday\",\"item\":5,\"batch\":2,\"unread\":\"in/b is"
                + " gone.\",\"input\":null,\"result\":2}\n");
  }

  @Test
  void whatIsNoJsonIsNotWritten() {
    assertThatThrownBy(() -> result(0, 0, 1, "[1")).isInstanceOf(IOException.class);

    assertThat(written).isEmpty();
  }

  @Test
  void aFailedBatchIsOneLineWithItsPayload() throws Exception {
    var error = new ObjectMapper().createObjectNode().put("reason", "HandlerFailed");

    lines.error(3, 2, error, BatchItems.of("[\"x\"]".getBytes(UTF_8)), this::write);

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"batch\":3,\"attempts\":2,\"error\":{\"reason\":\"HandlerFailed\"},\"payload\":[\"x\"]}\n");
  }

  /** Of a run that was stopped and goes on, and of one that was not, the files are the same. */
  @Test
  void howLongAnAttemptTookStandsOnNoLine() throws Exception {
    var error = new ObjectMapper().createObjectNode().put("reason", "HandlerFailed");
    error.put("seconds", 0.25);
    var failed = List.of(new ResultLines.FailedItem(0, 3, error));
    var its = BatchItems.of("[1]".getBytes(UTF_8));

    lines.error(3, 2, error, its, this::write);
    lines.items(4, 10, List.of("null"), failed, its, false, this::write, this::write);
    try (var large = LargeJson.of("[null]".getBytes(UTF_8))) {
      lines.items(5, 11, large, failed, its, false, this::write, this::write);
    }

    assertThat(written).hasSize(3).allMatch(line -> line.contains("HandlerFailed"));
    assertThat(written).noneMatch(line -> line.contains("seconds"));
    assertThat(error.has("seconds")).isTrue();
  }

  @Test
  void whyItemsAreNotThereIsSaidOnTheirLinesUnlessTheErrorDoes() throws Exception {
    var error = new ObjectMapper().createObjectNode().put("reason", "HandlerFailed");
    var unread = BatchItems.unread("in/b is gone.");
    var failed = List.of(new ResultLines.FailedItem(1, 3, error));

    lines.error(3, 2, error, unread, this::write);
    lines.error(4, 1, error, unread.withoutReason(), this::write);
    lines.items(5, 10, List.of("1", "null"), failed, unread, true, this::write, this::write);
    lines.items(6, 12, List.of("1"), List.of(), unread, false, this::write, this::write);

    assertThat(written)
        .containsExactly(
            "{\"job\":\"monday\",\"batch\":3,\"attempts\":2,\"error\":{\"reason\":\"HandlerFailed\"},\"unread\":\"in/b"
                + " is gone.\",\"payload\":null}\n",
            "{\"job\":\"monday\",\"batch\":4,\"attempts\":1,\"error\":{\"reason\":\"HandlerFailed\"},\"payload\":null}\n",
            "{\"job\":\"monday\",\"item\":10,\"batch\":5,\"unread\":\"in/b is"
                + " gone.\",\"input\":null,\"result\":1}\n",
            "{\"job\":\"monday\",\"item\":11,\"batch\":5,\"attempts\":3,\"error\":{\"reason\":\"HandlerFailed\"},\"unread\":\"in/b"
                + " is gone.\",\"payload\":null}\n",
            "{\"job\":\"monday\",\"item\":12,\"batch\":6,\"result\":1}\n");
  }

  private void result(int batch, int firstItem, int items, String json) throws IOException {
    lines.result(batch, firstItem, items, json.getBytes(UTF_8), this::write);
  }

  private void write(byte[] line) {
    written.add(new String(line, UTF_8));
  }
}
