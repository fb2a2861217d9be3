package dev.batchapi.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemContext;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.handler.MetricsClient;
import dev.batchapi.handler.ReservedMetricNameException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerRunTest {
  public record Photo(String name) {}

  public record Config(int least) {}

  public record Label(String name, boolean good) {}

  public static final class Labels implements BatchHandler<Photo, List<Label>>, AutoCloseable {
    private final Config config;
    private final MetricsClient metrics;
    final List<String> ended = new ArrayList<>();

    public Labels(Config config, MetricsClient metrics) {
      this.config = config;
      this.metrics = metrics;
    }

    @Override
    public List<Label> handleBatch(List<Photo> payload, BatchContext batch) {
      metrics.increment("images", payload.size(), Map.of("model", "v1", "batch", batch.id()));
      metrics.histogram("size", 2.5);
      metrics.gauge("left", 7);
      return payload.stream()
          .map(p -> new Label(p.name(), p.name().length() >= config.least()))
          .toList();
    }

    @Override
    public void onJobComplete(JobSummary summary) {
      ended.add("of " + summary.total());
    }

    @Override
    public void close() {
      ended.add("closed");
    }
  }

  /** Does what its configuration says. */
  public static final class Odd implements BatchHandler<Photo, Object> {
    private final Map<String, Object> config;
    private final MetricsClient metrics;

    public Odd(Map<String, Object> config, MetricsClient metrics) {
      this.config = config;
      this.metrics = metrics;
    }

    @Override
    public Object handleBatch(List<Photo> payload, BatchContext batch) throws Exception {
      return switch (String.valueOf(config.get("how"))) {
        case "throws" -> throw new IOException("no");
        case "large" -> "x".repeat(300_000);
        case "reserved" -> {
          metrics.increment("batchapi.x");
          yield 1;
        }
        default -> new Object();
      };
    }
  }

  public static final class Open<T> implements BatchHandler<T, Object> {
    @Override
    public Object handleBatch(List<T> payload, BatchContext batch) {
      return 1;
    }
  }

  @Test
  void aHandlerSeesWhatARunWouldGiveIt() throws Exception {
    var done =
        HandlerRun.of(Labels.class)
            .config(Map.of("least", 4))
            .batchSize(2)
            .over(new Photo("cat"), Map.of("name", "horse"), new Photo("bird"));
    assertThat(done.results(Label.class))
        .containsExactly(
            new Label("cat", false), new Label("horse", true), new Label("bird", true));
    assertThat(((Labels) done.handler()).ended).containsExactly("of 2", "closed");
    done.metrics().assertCounted("images", 3, "model", "v1");
    done.metrics().assertCounted("images", 1, "batch", "test-1", "model", "v1");
    done.metrics().assertObserved("size", 2);
    done.metrics().assertGauge("left", 7);
  }

  /** Of single items. */
  public static final class Length implements ItemHandler<Photo, String> {
    @Override
    public String handle(Photo item, ItemContext context) throws IOException {
      if (item.name().isEmpty()) {
        throw new IOException("item %d has no name".formatted(context.number()));
      }
      return context.number() + ":" + item.name().length();
    }
  }

  @Test
  void aHandlerOfSingleItemsIsRunItemByItem() throws Exception {
    var run = HandlerRun.of(Length.class).batchSize(2);
    assertThat(
            run.over(new Photo("cat"), new Photo("horse"), new Photo("ox")).results(String.class))
        .containsExactly("0:3", "1:5", "2:2");
    assertThatThrownBy(() -> run.over(new Photo("a"), new Photo("b"), new Photo("")))
        .isInstanceOf(IOException.class)
        .hasMessage("item 2 has no name");
    assertThatThrownBy(() -> HandlerRun.of(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ItemHandler");
  }

  @Test
  void whatWasCountedInsteadIsSaid() throws Exception {
    var done = HandlerRun.of(Labels.class).config(new Config(4)).over(new Photo("cat"));
    assertThatThrownBy(() -> done.metrics().assertCounted("images", 3, "model", "v2"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("counted images [model, v2]: 0.0, and not 3.0")
        .hasMessageContaining("metric=images, value=1.0, tags={batch=test-0, model=v1}");
  }

  @Test
  void whatNoHostTakesIsRefused() {
    assertThatThrownBy(() -> HandlerRun.of(Labels.class).config(Map.of("leas", 4)).over())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leas");
    assertThatThrownBy(() -> HandlerRun.of(Labels.class).config(new Config(1)).over(5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Photo");
    @SuppressWarnings("unchecked")
    var open = (Class<? extends BatchHandler<?, ?>>) (Class<?>) Open.class;
    assertThatThrownBy(() -> HandlerRun.of(open).over(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which is not one type");
    assertThatThrownBy(() -> HandlerRun.of(Odd.class).over(new Photo("x".repeat(1 << 20))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the limit is 1,048,576");
  }

  @Test
  void resultsAreCheckedAndExceptionsComeOut() {
    assertThatThrownBy(() -> odd("object"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("java.lang.Object");
    assertThatThrownBy(() -> odd("large"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("262,144");
    assertThatThrownBy(() -> odd("throws")).isInstanceOf(IOException.class).hasMessage("no");
    assertThatThrownBy(() -> odd("reserved")).isInstanceOf(ReservedMetricNameException.class);
  }

  private static HandlerRun.Done odd(String how) throws Exception {
    return HandlerRun.of(Odd.class).config(Map.of("how", how)).over(new Photo("x"));
  }
}
