package dev.batchapi.operator.job.act;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Ledger;
import java.io.UncheckedIOException;

/** What {@code on_job_complete} is told: docs/protocol/handler-protocol.md, COMPLETE. */
public final class Summary {
  static final int FAILED_IDS = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Summary() {}

  public static byte[] of(String job, int total, Counts counts, Ledger ledger) {
    var json =
        JSON.createObjectNode()
            .put("total", total)
            .put("succeeded", counts.succeeded())
            .put("failed", counts.failed())
            .put("failed_attempts", counts.failedAttempts());
    var ids = json.putArray("failed_batch_ids");
    ledger.failed(job, FAILED_IDS).forEach(index -> ids.add(job + "-" + index));
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
