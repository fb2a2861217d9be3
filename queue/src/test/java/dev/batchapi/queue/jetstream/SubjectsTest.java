package dev.batchapi.queue.jetstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker of job J, which has five batches, takes for one of them. */
class SubjectsTest {
  @ParameterizedTest
  @ValueSource(strings = {"work.J.0", "work.J.4", "work.J.final"})
  void isWork(String subject) {
    assertThat(Subjects.isWork(subject, "J", 5)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "work.J.5",
        "work.J.2147483646",
        "work.J.2147483648",
        "work.J.-1",
        "work.J.",
        "work.J",
        "work.K.0",
        "work.J.J.0",
        "out.J.0",
        "end.J",
        "_INBOX_J.x.y",
        ""
      })
  void isNoWork(String subject) {
    assertThat(Subjects.isWork(subject, "J", 5)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$JS.ACK.WORK.J.1.2.3.1700000000000000000.0",
        "$JS.ACK.hub.AHASH.WORK.J.1.2.3.1700000000000000000.0",
        "$JS.ACK.hub.AHASH.WORK.J.1.2.3.1700000000000000000.0.token"
      })
  void isAcknowledgement(String replyTo) {
    assertThat(Subjects.isAcknowledgement(replyTo, "J")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$JS.ACK.WORK.K.1.2.3.1700000000000000000.0",
        "$JS.ACK.OUT.J.1.2.3.1700000000000000000.0",
        "$JS.ACK.hub.AHASH.WORK.K.1.2.3.1700000000000000000.0",
        "$JS.ACK.WORK.J.1.2.3.1700000000000000000.0.x",
        "$JS.ACK.WORK.J",
        "_INBOX_J.x",
        "out.J.1",
        ""
      })
  void isNoAcknowledgement(String replyTo) {
    assertThat(Subjects.isAcknowledgement(replyTo, "J")).isFalse();
  }

  @Test
  void nothingIsNeither() {
    assertThat(Subjects.isWork(null, "J", 5)).isFalse();
    assertThat(Subjects.isAcknowledgement(null, "J")).isFalse();
  }
}
