package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the worker is told when the author's code throws, and that the host goes on. */
@Timeout(60)
class HandlerErrorsIT {
  @TempDir Path folder;

  @Test
  void anErrorHasTheAuthorsFramesAloneAlsoInItsCauses() throws Exception {
    String members =
        """
        static void decode() throws Exception {
          try {
            Integer.parseInt("x");
          } catch (NumberFormatException e) {
            Exception failed = new java.io.IOException("no such label: cat", e);
            failed.addSuppressed(new Error("closing"));
            throw failed;
          }
        }
        """;
    try (var host =
        host(
            Sources.handler(
                "Integer",
                "payload.forEach(i -> { try { decode(); } catch (Exception e) { throw new IllegalStateException(e); } }); return 1;",
                members))) {
      HandlerError error = host.worker().failureOf("[1]");
      assertThat(error.reason()).isEqualTo(Reason.HandlerFailed);
      assertThat(error.type()).isEqualTo("java.lang.IllegalStateException");
      assertThat(error.message()).isEqualTo("java.io.IOException: no such label: cat");
      assertThat(error.stack())
          .startsWith(
              "java.lang.IllegalStateException: java.io.IOException: no such label: cat\n\tat Handler.lambda$handleBatch$0(Handler.java:17)\n\tat java.base/java.util.ArrayList.forEach(ArrayList.java:")
          .contains(
              "\tat Handler.handleBatch(Handler.java:17)\nCaused by: java.io.IOException: no such label: cat\n\tat Handler.decode(Handler.java:10)\n")
          .contains(
              "\tSuppressed: java.lang.Error: closing\n\t\tat Handler.decode(Handler.java:11)\n")
          .contains("Caused by: java.lang.NumberFormatException: For input string: \"x\"\n")
          .contains("\tat Handler.decode(Handler.java:8)\n")
          .doesNotContain("dev.batchapi", "reflect");
    }
  }

  @Test
  void framesInCommonWithWhatWasCausedAreNotRepeated() throws Exception {
    String members =
        """
        static void down(int levels) {
          if (levels > 0) { down(levels - 1); return; }
          try { Integer.parseInt("x"); } catch (NumberFormatException e) {
            throw new IllegalStateException("outer", new IllegalStateException("inner", e));
          }
        }
        """;
    try (var host = host(Sources.handler("Integer", "down(50); return 1;", members))) {
      String stack = host.worker().failureOf("[1]").stack();
      assertThat(stack.lines().filter(line -> line.contains("Handler.down(")).count())
          .isBetween(51L, 56L);
      assertThat(stack)
          .containsPattern("Caused by: java.lang.NumberFormatException: .*\\n\\tat .*NumberFormat")
          .contains("\t... 5");
    }
  }

  @Test
  void anInitializerThatThrewLeavesTheProcessBrokenEachTime() throws Exception {
    String members =
        """
        static class Model { static final int SIZE = Integer.parseInt("x"); }
        """;
    try (var host = host(Sources.handler("Integer", "return Model.SIZE;", members))) {
      HandlerError first = host.worker().failureOf("[1]");
      assertThat(first.type()).isEqualTo("java.lang.ExceptionInInitializerError");
      assertThat(first.reason()).isEqualTo(Reason.WorkerBroken);
      HandlerError second = host.worker().failureOf("[1]");
      assertThat(second.type()).isEqualTo("java.lang.NoClassDefFoundError");
      assertThat(second.reason()).isEqualTo(Reason.WorkerBroken);
    }
  }

  @Test
  void fatalExceptionsAndReservedMetricNamesAreNotTriedAgain() throws Exception {
    try (var host =
        host(
            Sources.handler(
                "String",
                """
                switch (payload.get(0)) {
                  case "fatal" -> throw new FatalBatchException("never");
                  case "mine" -> throw new MyFatal();
                  case "metric" -> metrics.increment("batchapi_batches");
                  case "caught" -> { try { metrics.gauge("istio_x", 1); } catch (ReservedMetricNameException e) { return e.getMessage(); } }
                  default -> throw new IllegalArgumentException(payload.get(0));
                }
                return 1;
                """,
                """
                static class MyFatal extends FatalBatchException { MyFatal() { super("mine"); } }
                final MetricsClient metrics;
                public Handler(MetricsClient metrics) { this.metrics = metrics; }
                """))) {
      FakeWorker worker = host.worker();
      HandlerError fatal = worker.failureOf("[\"fatal\"]");
      assertThat(fatal.reason()).isEqualTo(Reason.FatalError);
      assertThat(fatal.type()).isEqualTo("dev.batchapi.handler.FatalBatchException");
      assertThat(worker.failureOf("[\"mine\"]").reason()).isEqualTo(Reason.FatalError);
      HandlerError reserved = worker.failureOf("[\"metric\"]");
      assertThat(reserved.reason()).isEqualTo(Reason.FatalError);
      assertThat(reserved.type()).isEqualTo("dev.batchapi.handler.ReservedMetricNameException");
      assertThat(reserved.message()).contains("batchapi_batches", "reserved");
      assertThat(reserved.stack()).contains("Handler.handleBatch").doesNotContain("runtime.host");
      assertThat(worker.resultOf("[\"caught\"]")).contains("istio_x");
      assertThat(worker.failureOf("[\"other\"]").reason()).isEqualTo(Reason.HandlerFailed);
    }
  }

  @Test
  void anyThrowableIsAFailedAttemptAndTheNextBatchIsHandled() throws Exception {
    String body =
        """
        switch (payload.get(0)) {
          case 0 -> { return deep(1); }
          case 1 -> throw new AssertionError("error");
          case 2 -> throw new Throwing();
          case 3 -> throw new Linked();
          case 4 -> throw new Exception("\\ud800 \\u0000");
          case 5 -> throw new Exception("long".repeat(100_000), new Exception("long".repeat(100_000)));
          case 6 -> { Handler.<RuntimeException>sneak(new java.io.IOException("sneaked")); }
          case 7 -> { Object o = payload; return ((List<String>) o).get(0).length(); }
          case 8 -> throw new OutOfMemoryError("made up");
          case 9 -> throw (RuntimeException) null;
          case 10 -> { Exception e = null; for (int i = 0; i < 50_000; i++) e = new Exception("" + i, e); throw e; }
          case 12 -> throw new IllegalStateException("outer", new Throwing());
          case 13 -> {
            Exception one = new Exception("one"), other = new Exception("other", one);
            one.addSuppressed(other);
            one.initCause(other);
            for (int i = 0; i < 100_000; i++) one.addSuppressed(other);
            throw one;
          }
          case 14 -> throw new Exception("x".repeat(50_000_000), new Exception("y".repeat(50_000_000)));
          case 15 -> throw new Exception() { @Override public StackTraceElement[] getStackTrace() { return null; } };
        }
        return "fine";
        """;
    String members =
        """
        static int deep(int n) { return deep(n + 1) + 1; }
        static class Throwing extends RuntimeException {
          @Override public String getMessage() { throw new IllegalStateException(); }
        }
        static class Linked extends RuntimeException {
          @Override public synchronized Throwable getCause() { return this; }
        }
        @SuppressWarnings("unchecked")
        static <T extends Throwable> void sneak(Throwable t) throws T { throw (T) t; }
        """;
    try (var host = host(Sources.handler("Integer", body, members))) {
      FakeWorker worker = host.worker();
      HandlerError deep = worker.failureOf("[0]");
      assertThat(deep.type()).isEqualTo("java.lang.StackOverflowError");
      assertThat(deep.stack()).contains("\tat Handler.deep(Handler.java:6)\n", "\t... 964 more\n");
      assertThat(worker.failureOf("[1]").type()).isEqualTo("java.lang.AssertionError");
      assertThat(worker.failureOf("[2]").message())
          .isEqualTo(
              "(its message can't be read: getMessage() threw java.lang.IllegalStateException)");
      assertThat(worker.failureOf("[3]").stack()).contains("(shown above)");
      assertThat(worker.failureOf("[4]").type()).isEqualTo("java.lang.Exception");
      HandlerError large = worker.failureOf("[5]");
      assertThat(large.message()).startsWith("longlong").endsWith("…");
      assertThat(large.encode().length).isLessThanOrEqualTo(16 << 10);
      assertThat(worker.failureOf("[6]").type()).isEqualTo("java.io.IOException");
      assertThat(worker.failureOf("[7]").type()).isEqualTo("java.lang.ClassCastException");
      assertThat(worker.failureOf("[8]").type()).isEqualTo("java.lang.OutOfMemoryError");
      assertThat(worker.failureOf("[9]").type()).isEqualTo("java.lang.NullPointerException");
      assertThat(worker.failureOf("[10]").stack()).contains("(more causes left out)");
      assertThat(worker.resultOf("[11]")).isEqualTo("\"fine\"");
      assertThat(worker.failureOf("[12]").stack())
          .startsWith("java.lang.IllegalStateException: outer\n\tat Handler.handleBatch(")
          .contains(
              "Caused by: Handler$Throwing: (its message can't be read: toString() threw java.lang.IllegalStateException)\n\t... ");
      assertThat(worker.failureOf("[2]").stack()).contains("\tat Handler.handleBatch(");
      assertThat(worker.failureOf("[13]").stack())
          .contains("Suppressed: java.lang.Exception: other", "(shown above)")
          .hasSizeLessThan(8 << 10);
      assertThat(worker.failureOf("[14]").encode().length).isLessThanOrEqualTo(16 << 10);
      assertThat(worker.failureOf("[15]").stack()).contains("the rest can't be read");
      assertThat(worker.resultOf("[16]")).isEqualTo("\"fine\"");
    }
  }

  @Test
  void theContextOfABatchIsWhatTheWorkerSaysAndTheThreadIsCleanEachTime() throws Exception {
    String body =
        """
        Thread me = Thread.currentThread();
        Object seen = List.of(batch.toString(), me.isInterrupted(), me.getContextClassLoader() == Handler.class.getClassLoader());
        me.interrupt();
        if (!me.isInterrupted()) throw new IllegalStateException("not interrupted");
        me.setContextClassLoader(null);
        return seen;
        """;
    try (var host = host(Sources.handler("Integer", body))) {
      host.worker().send(7, 2, 4_102_444_800_000L, "[1]");
      assertThat(host.worker().result())
          .isEqualTo(
              "[\"BatchContext[id=uid-1-7, index=7, attempt=2, deadline=Optional[2100-01-01T00:00:00Z], items=[0]]\",false,true]");
      assertThat(host.worker().resultOf("[1]"))
          .isEqualTo(
              "[\"BatchContext[id=uid-1-0, index=0, attempt=1, deadline=Optional.empty, items=[0]]\",false,true]");
    }
  }

  @Test
  void interruptsFromOutsideNeverReachTheSocket() throws Exception {
    String body =
        """
        if (watchdog == null) {
          Thread me = Thread.currentThread();
          watchdog = Thread.ofPlatform().daemon().start(() -> { while (!Thread.interrupted()) me.interrupt(); });
        }
        if (payload.get(0) == 999) watchdog.interrupt();
        return payload;
        """;
    try (var host = host(Sources.handler("Integer", body, "static Thread watchdog;"))) {
      for (int i = 0; i < 1000; i++) {
        assertThat(host.worker().resultOf("[" + i + "]")).isEqualTo("[" + i + "]");
      }
    }
  }

  @Test
  void onJobCompleteIsToldTheSummaryAndMayThrow() throws Exception {
    String members =
        """
        static JobSummary seen;
        @Override public void onJobComplete(JobSummary summary) {
          if (seen != null) throw new IllegalStateException("again");
          seen = summary;
        }
        """;
    try (var host = host(Sources.handler("Integer", "return \"\" + seen;", members))) {
      FakeWorker worker = host.worker();
      worker.complete();
      assertThat(worker.result()).isEmpty();
      assertThat(worker.resultOf("[1]"))
          .isEqualTo(
              "\"JobSummary[total=3, succeeded=2, failed=1, failedAttempts=4, failedBatchIds=[uid-1-2], output=Optional.empty, items=Items[total=0, succeeded=0, failed=0]]\"");
      worker.complete();
      assertThat(worker.failed().stack()).endsWith("\tat Handler.onJobComplete(Handler.java:8)\n");
    }
    try (var host = host(Sources.handler("Integer", "return 1;"))) {
      host.worker().complete();
      assertThat(host.worker().result()).isEmpty();
    }
  }

  @Test
  void aHandlerThatCanBeClosedIsClosedAtStop() throws Exception {
    for (Map.Entry<String, String> close :
        Map.of(
                "throw new IllegalStateException(\"twice\");",
                    "batchapi host: close() failed\njava.lang.IllegalStateException: twice\n\tat Handler.close(Handler.java:6)\n\n",
                "while (true) { try { Thread.sleep(100_000); } catch (InterruptedException e) { } }",
                    "batchapi host: the handler was not closed within 2000 ms\n",
                "", "")
            .entrySet()) {
      String source =
          Sources.handler("Integer", "return 1;", "public void close() { " + close.getKey() + " }")
              .replace(
                  "BatchHandler<Integer, Object>", "BatchHandler<Integer, Object>, AutoCloseable");
      try (var host = host(source)) {
        host.worker().stop();
        assertThat(host.exit()).isZero();
        assertThat(host.said()).isEqualTo(close.getValue());
      }
    }
  }

  @Test
  void aWorkerThatBreaksTheProtocolIsLeft() throws Exception {
    for (Map.Entry<byte[], String> garbage :
        Map.of(
                new byte[] {'G', 'E', 'T', ' ', '/'},
                    "a frame of 1195725856 bytes; the limit is 4194304",
                new byte[] {0, 0, 0, 1, 77}, "a frame of unknown type 77",
                new byte[] {0, 0, 0, 2, 6, 1}, "HANDLE of 1 bytes is cut short",
                new byte[] {0, 0, 0, 2, 9, '['}, "COMPLETE is not a JSON object",
                new byte[] {0, 0, 0, 1, 2}, "a frame START from the worker")
            .entrySet()) {
      try (var host = host(Sources.handler("Integer", "return 1;"))) {
        host.worker().sendRaw(garbage.getKey());
        assertThat(host.exit()).isEqualTo(70);
        assertThat(host.said())
            .isEqualTo(
                "batchapi host: the worker sent what is not the protocol: "
                    + garbage.getValue()
                    + "\n");
      }
    }
    try (var host = host(Sources.handler("Integer", "Thread.sleep(100_000); return 1;"))) {
      host.worker().send("[1]");
      host.worker().send("[2]");
      assertThat(host.exit()).isEqualTo(70);
      assertThat(host.said()).contains("a frame HANDLE before the one before it was answered");
    }
    for (String start : List.of("{}", "null", "{\"protocol\":2}", "x")) {
      try (var host = new HostInThisJvm(folder)) {
        var _ = host.worker().hello();
        host.worker()
            .channel()
            .write(
                dev.batchapi.runtime.protocol.FrameType.START,
                start.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(host.exit()).isEqualTo(70);
        assertThat(host.said()).contains("the worker sent what is not the protocol: START");
      }
    }
  }

  private HostInThisJvm host(String source) throws Exception {
    HostInThisJvm host = new HostInThisJvm(folder).with("Handler.java", source);
    host.worker().start("Handler", Map.of());
    var _ = host.worker().ready();
    return host;
  }
}
