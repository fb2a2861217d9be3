package dev.batchapi.runtime.protocol;

import dev.batchapi.handler.JobSummary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every batch has its outcome: {@code on_job_complete} is to run.
 *
 * @param summary what it is told
 */
public record Complete(JobSummary summary) {

  public byte[] encode() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("total", summary.total());
    json.put("succeeded", summary.succeeded());
    json.put("failed", summary.failed());
    json.put("failed_attempts", summary.failedAttempts());
    json.put("failed_batch_ids", summary.failedBatchIds());
    json.put("output", summary.output().orElse(null));
    Map<String, @Nullable Object> items = new LinkedHashMap<>();
    items.put("total", summary.items().total());
    items.put("succeeded", summary.items().succeeded());
    items.put("failed", summary.items().failed());
    json.put("items", items);
    return PlainJson.write(json);
  }

  public static Complete decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("COMPLETE", body);
    return new Complete(
        new JobSummary(
            json.integer("total"),
            json.integer("succeeded"),
            json.integer("failed"),
            json.integer("failed_attempts"),
            json.stringList("failed_batch_ids"),
            Optional.ofNullable(json.optionalString("output")),
            json.has("items") ? items(json.object("items")) : new JobSummary.Items(0, 0, 0)));
  }

  private static JobSummary.Items items(JsonObject json) throws ProtocolException {
    return new JobSummary.Items(
        json.integer("total"), json.integer("succeeded"), json.integer("failed"));
  }
}
