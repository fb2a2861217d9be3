package dev.batchapi.runtime.host;

/** A handler that uses what most handlers use. */
final class TrainingHandler {
  static final String SOURCE =
      """
      import dev.batchapi.handler.*;
      import java.util.*;

      public class Handler implements BatchHandler<Handler.Item, List<Handler.Label>>, AutoCloseable {
        public record Item(int id, String name, double size) {}

        public record Label(int id, String label, double confidence) {}

        public record Config(double threshold, List<String> labels) {}

        private final MetricsClient metrics;
        private final Config config;

        public Handler(Config config, JobSpec job, MetricsClient metrics) {
          this.config = config;
          this.metrics = metrics;
        }

        @Override
        public List<Label> handleBatch(List<Item> payload, BatchContext batch) {
          if (batch.attempt() % 10 == 9) {
            throw new IllegalStateException("trained");
          }
          metrics.increment("items", payload.size(), Map.of("kind", "x"));
          metrics.histogram("confidence", 0.5);
          List<Label> labels = new ArrayList<>();
          for (Item item : payload) {
            labels.add(new Label(item.id(), config.labels().getFirst(), item.size()));
          }
          return labels;
        }

        @Override
        public void onJobComplete(JobSummary summary) {
          metrics.gauge("succeeded", summary.succeeded());
        }

        @Override
        public void close() {}
      }
      """;

  private TrainingHandler() {}
}
