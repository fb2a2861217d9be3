package com.example;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.MetricsClient;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Counts the words of a text. */
public final class Handler implements BatchHandler<Handler.Text, List<Handler.Count>> {

  public record Config(int leastLetters) {}

  public record Text(String text) {}

  public record Count(int words, String longest) {}

  private final Config config;
  private final MetricsClient metrics;

  public Handler(Config config, MetricsClient metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  /** A result for each item, in their order. */
  @Override
  public List<Count> handleBatch(List<Text> payload, BatchContext batch) {
    metrics.increment("texts", payload.size());
    return payload.stream().map(this::count).toList();
  }

  private Count count(Text item) {
    var words =
        Arrays.stream(item.text().split("\\s+"))
            .filter(word -> word.length() >= config.leastLetters())
            .toList();
    var longest = words.stream().max(Comparator.comparingInt(String::length));
    return new Count(words.size(), longest.orElse(null));
  }
}
