package dev.batchapi.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What {@code on_job_complete} is told: docs/protocol/handler-protocol.md, COMPLETE. */
public final class Summary {
  /** At most so many failed batches are named. */
  public static final int FAILED_IDS = 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private Summary() {}

  /**
   * The body of COMPLETE, which the job's owner writes and its host reads.
   *
   * @param total batches of the job
   * @param items what became of its items
   * @param output URL of the folder that its results will be written to; null: none
   */
  public static byte[] of(
      String job,
      int total,
      Counts counts,
      ItemCounts items,
      Ledger ledger,
      @Nullable String output) {
    var json =
        JSON.createObjectNode()
            .put("total", total)
            .put("succeeded", counts.succeeded())
            .put("failed", counts.failed())
            .put("failed_attempts", counts.failedAttempts());
    var ids = json.putArray("failed_batch_ids");
    ledger.failed(job, FAILED_IDS).forEach(index -> ids.add(job + "-" + index));
    json.put("output", output);
    json.putObject("items")
        .put("total", items.total())
        .put("succeeded", items.succeeded())
        .put("failed", items.failed());
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
