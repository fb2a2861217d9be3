package dev.batchapi.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlocksAheadTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        BlocksAhead.BLOCK - 1,
        BlocksAhead.BLOCK,
        BlocksAhead.BLOCK + 1,
        BlocksAhead.BLOCK * 20,
        BlocksAhead.BLOCK * 20 + 7
      })
  void theBytesAreTheSame(int length) throws IOException {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    try (var ahead = new BlocksAhead(new ByteArrayInputStream(bytes))) {
      assertThat(ahead.readAllBytes()).isEqualTo(bytes);
      assertThat(ahead.read()).isEqualTo(-1);
      assertThat(ahead.read()).isEqualTo(-1);
    }
  }

  @Test
  void whatIsThrownIsThrownWhereItHappened() throws IOException {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line is broken");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("the line is broken");
          }
        };
    var two = new ByteArrayInputStream(new byte[2 * BlocksAhead.BLOCK]);
    try (var ahead = new BlocksAhead(new SequenceInputStream(two, broken))) {
      ahead.skipNBytes(2 * BlocksAhead.BLOCK);
      assertThatThrownBy(ahead::read)
          .isInstanceOf(IOException.class)
          .hasMessage("the line is broken");
    }
  }

  @Test
  void anInterruptLosesNothingAndIsThereAfterwards() throws IOException {
    var bytes = new byte[BlocksAhead.BLOCK * 9];
    try (var ahead = new BlocksAhead(new ByteArrayInputStream(bytes))) {
      Thread.currentThread().interrupt();
      assertThat(ahead.readAllBytes()).hasSize(bytes.length);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatIsNotReadToItsEndIsClosed() throws Exception {
    var closed = new CountDownLatch(1);
    var endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            return length; // of zeros
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    try (var ahead = new BlocksAhead(endless)) {
      assertThat(ahead.read()).isZero();
    }
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
