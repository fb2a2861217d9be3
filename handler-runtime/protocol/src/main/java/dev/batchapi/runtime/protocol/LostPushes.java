package dev.batchapi.runtime.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host did not push as it was passed.
 *
 * @param counted whether the host's own metrics client has logged it and made metrics of it, so
 *     that the worker only says it
 */
public record LostPushes(boolean counted, List<Loss> losses) {

  /**
   * Pushes with one reason.
   *
   * @param reason as in docs/metrics.md, such as {@code value}
   * @param metric the last one's name; empty if it has none
   * @param detail why the last one was lost; may be empty
   */
  public record Loss(String reason, int count, String metric, String detail) {}

  public LostPushes {
    losses = List.copyOf(losses);
  }

  public byte[] encode() {
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (Loss loss : losses) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("reason", loss.reason);
      json.put("count", loss.count);
      json.put("metric", loss.metric);
      json.put("detail", loss.detail);
      list.add(json);
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("counted", counted);
    json.put("losses", list);
    return PlainJson.write(json);
  }

  public static LostPushes decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("LOSSES", body);
    List<Loss> losses = new ArrayList<>();
    for (JsonObject loss : json.objects("losses")) {
      losses.add(
          new Loss(
              loss.string("reason"),
              loss.integer("count"),
              loss.string("metric"),
              loss.string("detail")));
    }
    return new LostPushes(json.bool("counted"), losses);
  }
}
