package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.handler.FatalBatchException;
import dev.batchapi.handler.RetryLaterException;
import dev.batchapi.handler.WorkerBrokenException;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class BreakageTest {
  @Test
  void memoryThatRanOutAndFaultsOfTheJvmBreakTheProcess() {
    assertThat(Breakage.isIn(new OutOfMemoryError("Java heap space"))).isTrue();
    assertThat(Breakage.isIn(new InternalError("a fault in an unsafe access"))).isTrue();
    assertThat(Breakage.isIn(new WorkerBrokenException("no CUDA device"))).isTrue();
  }

  @Test
  void wrappedOrSuppressedTheyDoAsWell() {
    var memory = new OutOfMemoryError("unable to create native thread");
    assertThat(Breakage.isIn(new IllegalStateException(new ExecutionException(memory)))).isTrue();
    assertThat(Breakage.isIn(new FatalBatchException("bad", memory))).isTrue();
    var closing = new IllegalStateException("close");
    closing.addSuppressed(memory);
    assertThat(Breakage.isIn(closing)).isTrue();
  }

  @Test
  void aWaitThatOneOfThemCausedIsNoWait() {
    for (var cause : List.of(new OutOfMemoryError(), new WorkerBrokenException("no CUDA device"))) {
      var wait = new RetryLaterException(Duration.ofSeconds(1), "busy", cause);
      assertThat(AuthorErrors.of(wait).reason()).isEqualTo(Reason.WorkerBroken);
    }
    assertThat(AuthorErrors.of(new RetryLaterException(1)).reason()).isEqualTo(Reason.RetryLater);
  }

  @Test
  void anInitializerThatThrewLeavesItsClassUnusable() {
    assertThat(Breakage.isIn(new ExceptionInInitializerError(new RuntimeException()))).isTrue();
    assertThat(Breakage.isIn(new NoClassDefFoundError("Could not initialize class Model")))
        .isTrue();
    assertThat(Breakage.isIn(new NoClassDefFoundError("com/acme/Model"))).isFalse();
  }

  @Test
  void whatIsOverWhenItIsThrownBreaksNothing() {
    assertThat(Breakage.isIn(new StackOverflowError())).isFalse();
    assertThat(Breakage.isIn(new IllegalStateException())).isFalse();
    assertThat(Breakage.isIn(new FatalBatchException("bad"))).isFalse();
  }

  @Test
  void causesInACircleOrThatThrowAreNoTrouble() {
    var one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("two", one));
    assertThat(Breakage.isIn(one)).isFalse();
    var hostile =
        new RuntimeException() {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException("mine");
          }
        };
    assertThat(Breakage.isIn(hostile)).isFalse();
  }
}
