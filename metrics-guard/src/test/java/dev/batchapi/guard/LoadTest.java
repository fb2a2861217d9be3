package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadTest {
  private static final long WINDOW = 100_000_000;
  private static final int BIG = 65_000;

  private final Load load = new Load();
  private final Sender greedy = new Sender();
  private final Sender modest = new Sender();

  private int reads(Sender sender, int datagrams, int bytes, long at) {
    int read = 0;
    for (int i = 0; i < datagrams; i++) {
      read += load.accepts(sender, bytes, at) ? 1 : 0;
    }
    return read;
  }

  @Test
  void nobodyIsLimitedWhileTheGuardKeepsUp() {
    for (int window = 0; window < 5; window++) {
      assertThat(reads(greedy, 1_000, BIG, window * WINDOW)).isEqualTo(1_000);
      load.caughtUp();
    }
  }

  @Test
  void oneWhoSendsMoreThanCanBeReadLeavesTheOthersTheirs() {
    for (int window = 0; window < 3; window++) {
      assertThat(reads(greedy, 100, BIG, window * WINDOW)).as("a burst").isEqualTo(100);
    }

    // Not once was the socket empty: from now on it is shared out.
    assertThat(reads(greedy, 1_000, BIG, 3 * WINDOW)).isEqualTo(50);
    assertThat(reads(modest, 100, 1_400, 3 * WINDOW)).isEqualTo(100);
    assertThat(reads(greedy, 1_000, BIG, 3 * WINDOW + 1)).isZero();

    load.caughtUp();
    assertThat(reads(greedy, 1_000, BIG, 4 * WINDOW)).as("it is over").isEqualTo(1_000);
  }
}
