package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.store.StoreUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PayloadsAheadTest {
  private static final int COUNT = 1_000;

  private final Map<Integer, AtomicInteger> read = new ConcurrentHashMap<>();
  private final Semaphore readSome = new Semaphore(0);
  private volatile int size = 10;
  private volatile int broken = -1;
  private volatile boolean away;
  private volatile boolean stuck;
  private final PayloadsAhead ahead = new PayloadsAhead(COUNT, new Files());

  private final class Files implements PayloadsAhead.Source {
    @Override
    public byte[] payload(int batch) {
      if (away) {
        throw new StoreUnavailableException("away", null);
      }
      read.computeIfAbsent(batch, b -> new AtomicInteger()).incrementAndGet();
      readSome.release();
      if (batch == broken) {
        throw new IllegalStateException("broken");
      }
      var payload = new byte[size];
      var text = String.valueOf(batch).getBytes(US_ASCII);
      System.arraycopy(text, 0, payload, 0, text.length);
      return payload;
    }

    @Override
    public void pause() {
      readSome.release();
      if (stuck) {
        throw new IllegalStateException("the connection is gone");
      }
    }
  }

  @AfterEach
  void close() {
    ahead.close();
  }

  @Test
  void whoAsksInOrderGetsWhatWasReadBefore() {
    assertThat(ahead.take(0)).isEmpty();
    assertThat(ahead.take(1)).isEmpty();
    for (var batch = 2; batch < COUNT; batch++) {
      assertThat(ahead.take(batch)).as("batch %d", batch).isPresent();
    }
    assertThat(read).hasSize(COUNT - 2).allSatisfy((batch, times) -> assertThat(times).hasValue(1));
  }

  @Test
  void workersThatOvertakeEachOtherGetTheirOwn() {
    begin();
    for (var batch : List.of(4, 2, 3, 6, 5)) {
      assertThat(ahead.take(batch).orElseThrow())
          .startsWith(String.valueOf(batch).getBytes(US_ASCII));
    }
  }

  /** One that is tried again is read again, by who asks for it. */
  @Test
  void eachIsToBeHadOnce() {
    begin();

    assertThat(ahead.take(2)).isPresent();
    assertThat(ahead.take(2)).isEmpty();
    assertThat(ahead.take(0)).isEmpty();
  }

  @Test
  void noMoreIsHeldThanThereIsRoomFor() throws Exception {
    begin();
    readSome.acquire(PayloadsAhead.BATCHES);

    assertThat(readSome.tryAcquire()).isFalse();
    assertThat(read).hasSize(PayloadsAhead.BATCHES);

    size = (int) (PayloadsAhead.BYTES / 2);
    for (var batch = 2; batch < 2 + PayloadsAhead.BATCHES; batch++) {
      assertThat(ahead.take(batch)).isPresent();
    }
    readSome.acquire(2);
    assertThat(read).hasSizeBetween(PayloadsAhead.BATCHES + 2, PayloadsAhead.BATCHES + 3);
  }

  /** Of a run that is resumed most batches may be done already. */
  @Test
  void whatIsPassedOverMakesRoom() {
    begin();
    for (var batch = 3; batch < COUNT; batch += 3) {
      assertThat(ahead.take(batch)).as("batch %d", batch).isPresent();
    }
  }

  @Test
  void whoLeapsIsFollowed() {
    begin();

    assertThat(ahead.take(500)).isEmpty();
    assertThat(ahead.take(501)).isPresent();
    assertThat(ahead.take(502)).isPresent();
  }

  @Test
  void whatCannotBeReadIsLeftToWhoAsksAndTheOthersAreNot() {
    broken = 3;
    begin();

    assertThat(ahead.take(2)).isPresent();
    assertThat(ahead.take(3)).isEmpty();
    assertThat(ahead.take(4)).isPresent();
  }

  @Test
  void whileTheStoreIsAwayNobodyWaitsHereAndThenItGoesOn() {
    away = true;
    begin();

    assertThat(ahead.take(2)).isEmpty();
    assertThat(ahead.take(3)).isEmpty();
    away = false;
    var batch = 4;
    while (ahead.take(batch).isEmpty()) {
      batch++;
    }
    assertThat(batch).isLessThan(8);
  }

  @Test
  void aStreamThatCannotBeClosedHoldsNobodyUp() throws Exception {
    away = true;
    stuck = true;
    begin();

    for (var batch = 2; batch < 5; batch++) {
      var taken = new FutureTask<>(take(batch));
      Thread.startVirtualThread(taken);
      assertThat(taken.get(1, TimeUnit.SECONDS)).isEmpty();
    }
  }

  private Callable<Optional<byte[]>> take(int batch) {
    return () -> ahead.take(batch);
  }

  private void begin() {
    assertThat(ahead.take(0)).isEmpty();
    assertThat(ahead.take(1)).isEmpty();
  }
}
