package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.Handler.Config;
import com.example.Handler.Count;
import com.example.Handler.Text;
import dev.batchapi.handler.MetricsClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerTest {
  private final Handler handler = new Handler(new Config(3), new NoMetrics());

  @Test
  void shortWordsDoNotCount() {
    assertEquals(List.of(new Count(1, "fox")), handler.handleBatch(List.of(new Text("a fox")), null));
  }

  @Test
  void aTextMayBeEmpty() {
    assertEquals(List.of(new Count(0, null)), handler.handleBatch(List.of(new Text("")), null));
  }

  private static final class NoMetrics implements MetricsClient {
    @Override
    public void increment(String metric, double value, Map<String, String> tags) {}

    @Override
    public void gauge(String metric, double value, Map<String, String> tags) {}

    @Override
    public void histogram(String metric, double value, Map<String, String> tags) {}
  }
}
