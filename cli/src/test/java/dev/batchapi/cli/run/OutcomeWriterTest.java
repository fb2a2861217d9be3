package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.memory.MemoryQueue;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OutcomeWriterTest {
  private static final ResultFiles.Job JOB = new ResultFiles.Job("j", "id", false, false);

  private final Input input = JsonLines.of("x", "1\n2\n3\n4\n".getBytes(UTF_8), 1);
  private final MemoryQueue queue = new MemoryQueue();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  OutcomeWriterTest() {
    queue.enqueue("id", Batches.of(input.count(), input::payload));
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void whatFollowsIsWrittenWhileTheJobRunsAndTheRestWhenItHasEnded() throws Exception {
    try (var writer = writer(line -> lines.add(new String(line, UTF_8)))) {
      var leases = leases();
      succeed(leases.get(2));
      succeed(leases.get(0));
      await().untilAsserted(() -> assertThat(lines).hasSize(1));
      succeed(leases.get(1));
      await().untilAsserted(() -> assertThat(lines).hasSize(3));
      writer.finish(); // batch 3 never ended
    }
    assertThat(lines)
        .containsExactly(
            "{\"job\":\"j\",\"batch\":0,\"result\":0}\n",
            "{\"job\":\"j\",\"batch\":1,\"result\":1}\n",
            "{\"job\":\"j\",\"batch\":2,\"result\":2}\n");
  }

  @Test
  void aGapIsPassedOverAtTheEndOnly() throws Exception {
    try (var writer = writer(line -> lines.add(new String(line, UTF_8)))) {
      succeed(leases().get(3));
      writer.finish();
    }
    assertThat(lines).containsExactly("{\"job\":\"j\",\"batch\":3,\"result\":3}\n");
  }

  @Test
  void whatCanNotBeWrittenIsToldAtTheEndAndNoLineIsWrittenTwice() throws Exception {
    var tried = new CopyOnWriteArrayList<String>();
    try (var writer =
        writer(
            line -> {
              tried.add(new String(line, UTF_8));
              throw new IOException("no space left");
            })) {
      succeed(leases().getFirst());
      await().untilAsserted(() -> assertThat(tried).hasSize(1));
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IOException.class)
          .hasMessage("no space left");
    }
    assertThat(tried).hasSize(1);
  }

  /** A store may be away for a while, a disk full, memory short: what counts is the end. */
  @ParameterizedTest
  @MethodSource
  void whatIsInTheWayOfABatchIsTriedAgainAtTheEndUnlessALineOfItIsWritten(Throwable trouble)
      throws Exception {
    var error = new BatchError(BatchError.Reason.HandlerFailed, "bad", null, null);
    var away = new AtomicBoolean(true);
    var asked = new AtomicInteger();
    var store =
        new Input() {
          @Override
          public int items() {
            return input.items();
          }

          @Override
          public int batchSize() {
            return input.batchSize();
          }

          @Override
          public byte[] payload(int batch) {
            asked.incrementAndGet();
            if (away.get()) {
              switch (trouble) {
                case Error error -> throw error;
                default -> throw (RuntimeException) trouble;
              }
            }
            return input.payload(batch);
          }

          @Override
          public String fingerprint() {
            return input.fingerprint();
          }
        };
    LineSink errors = line -> lines.add(new String(line, UTF_8));
    try (var writer = new OutcomeWriter(JOB, queue, store, null, errors, true)) {
      leases().getFirst().commit(Outcome.failed(1, error));
      await().untilAsserted(() -> assertThat(asked).hasValue(1));
      away.set(false);
      writer.finish();
    }
    assertThat(lines).hasSize(1).first().asString().endsWith("\"payload\":[1]}\n");
  }

  /** The trouble belongs to no batch: that of the one before is written, once. */
  @Test
  void anOutcomeThatCanNotBeReadIsReadAgainAtTheEnd() throws Exception {
    var away = new AtomicBoolean(true);
    var asked = new AtomicInteger();
    var ledger =
        (Ledger)
            Proxy.newProxyInstance(
                Ledger.class.getClassLoader(),
                new Class<?>[] {Ledger.class},
                (_, method, of) -> {
                  if (method.getName().equals("outcome") && of[1].equals(1) && away.get()) {
                    asked.incrementAndGet();
                    throw new IllegalStateException("it is away");
                  }
                  return method.invoke(queue, of);
                });
    LineSink results = line -> lines.add(new String(line, UTF_8));
    try (var writer = new OutcomeWriter(JOB, ledger, input, results, null, true)) {
      var leases = leases();
      succeed(leases.get(0));
      succeed(leases.get(1));
      await().untilAsserted(() -> assertThat(asked).hasValue(1));
      away.set(false);
      writer.finish();
    }
    assertThat(lines)
        .containsExactly(
            "{\"job\":\"j\",\"batch\":0,\"result\":0}\n",
            "{\"job\":\"j\",\"batch\":1,\"result\":1}\n");
  }

  static Stream<Throwable> whatIsInTheWayOfABatchIsTriedAgainAtTheEndUnlessALineOfItIsWritten() {
    return Stream.of(
        new StoreUnavailableException("it is away", null),
        new IllegalStateException("no space left"),
        new OutOfMemoryError("heap"));
  }

  private OutcomeWriter writer(LineSink results) {
    return new OutcomeWriter(JOB, queue, input, results, null, true);
  }

  private List<Lease> leases() throws InterruptedException {
    var leases = new ArrayList<Lease>();
    for (var batch = 0; batch < input.count(); batch++) {
      leases.add(queue.worker("id").lease(Duration.ZERO).orElseThrow());
    }
    return leases;
  }

  private static void succeed(Lease lease) {
    lease.commit(Outcome.succeeded(1, String.valueOf(lease.index()).getBytes(UTF_8)));
  }
}
