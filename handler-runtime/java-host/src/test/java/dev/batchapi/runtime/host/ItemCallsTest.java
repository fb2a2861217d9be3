package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.ItemResult;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that wait for a permit of the job's rate limit. */
@Timeout(60)
class ItemCallsTest {
  private static final BatchContext BATCH = new BatchContext("J-0", 0, 1, Optional.empty());

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anItemThatWaitsWhenTheDeadlinePassesIsNotBegun(int concurrency) throws Exception {
    var left = new AtomicInteger(1);
    var never = new CountDownLatch(1);
    try (var deadline =
        new HandlerDeadline(Thread.currentThread(), System.currentTimeMillis() + 300, e -> {})) {
      var results =
          ItemCalls.call(
              (item, context) -> item,
              List.of("a", "b", "c"),
              BATCH,
              concurrency,
              deadline,
              () -> {
                if (left.getAndDecrement() < 1) {
                  never.await();
                }
                return true;
              });

      assertThat(results).filteredOn(String.class::isInstance).hasSize(1);
      assertThat(results)
          .filteredOn(ItemResult.class::isInstance)
          .extracting(ItemCallsTest::reason)
          .isEqualTo(Collections.nCopies(2, Reason.NotBegun));
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void anItemWhosePermitComesAfterTheDeadlineIsNotBegun(int concurrency) throws Exception {
    try (var deadline =
        new HandlerDeadline(Thread.currentThread(), System.currentTimeMillis() + 100, e -> {})) {
      var results =
          ItemCalls.call(
              (item, context) -> item,
              List.of("a", "b", "c"),
              BATCH,
              concurrency,
              deadline,
              () -> {
                while (!deadline.hasPassed()) {
                  Thread.onSpinWait();
                }
                return true;
              });

      assertThat(results)
          .extracting(ItemCallsTest::reason)
          .isEqualTo(Collections.nCopies(3, Reason.NotBegun));
    }
    var _ = Thread.interrupted();
  }

  private static Reason reason(Object result) {
    return AuthorErrors.of(Objects.requireNonNull(((ItemResult<?>) result).error())).reason();
  }
}
