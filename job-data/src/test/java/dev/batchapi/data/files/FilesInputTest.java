package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesInputTest {
  private static final int ITEMS = 200;
  private static final String ITEM = "\"" + "x".repeat(5_000) + "\"\n";

  @TempDir private Path folder;

  /** The items of a compressed file stand in its batches themselves. */
  @Test
  void toSayWhereItemsStandABatchIsReadOnce() throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.jsonl.gz")))) {
      for (var i = 0; i < 2 * ITEMS; i++) {
        out.write(ITEM.getBytes(UTF_8));
      }
    }
    try (var input = input("a.jsonl.gz", ITEMS)) {
      var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      var before = memory.getCurrentThreadAllocatedBytes();
      for (var batch = 0; batch < 2; batch++) {
        for (var item = 0; item < ITEMS; item++) {
          var line = batch * ITEMS + item + 1;
          assertThat(input.source(batch, item)).isEqualTo("a.jsonl.gz:" + line);
        }
      }
      assertThat(input.source(0)).isEqualTo("a.jsonl.gz:1 to a.jsonl.gz:200");
      var allocated = memory.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).isLessThan(20L * ITEMS * ITEM.length());
    }
  }

  /** A run may be resumed from another shell. */
  @Test
  void theFingerprintIsTheSameInAnyLanguage() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), "1\n".repeat(10));
    var before = Locale.getDefault();
    try (var input = input("a.jsonl", 5)) {
      var fingerprint = input.fingerprint();
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(input.fingerprint()).isEqualTo(fingerprint);
    } finally {
      Locale.setDefault(before);
    }
  }

  /** The server has one thread: whoever leaves a stream open there waits for themselves. */
  @Test
  void aSmallWebServerIsReadAheadPieceByPiece() throws IOException {
    var content = new StringBuilder();
    for (var i = 0; i < 1_000; i++) {
      content.append(i).append(i % 7 == 0 ? "\n\n" : "\r\n"); // with blank lines
    }
    var asked = new AtomicInteger();
    var server = server(content.toString().getBytes(UTF_8), asked::incrementAndGet);
    server.start();
    try (var input =
        input("http://127.0.0.1:%d/a.jsonl".formatted(server.getAddress().getPort()), 10)) {
      for (var batch = 0; batch < 100; batch++) {
        var items = IntStream.range(10 * batch, 10 * batch + 10);
        assertThat(new String(input.payload(batch), UTF_8).replace("\r", ""))
            .isEqualTo(items.mapToObj(String::valueOf).collect(joining(",", "[", "]")));
      }
      assertThat(new String(input.payload(50), UTF_8)).startsWith("[500");
      assertThat(asked.get()).isGreaterThan(100);
    } finally {
      server.stop(0);
    }
  }

  /** Its pieces are asked for together, and not one after the other by who reads on. */
  @Test
  void aBatchOfManySmallFilesIsReadByWhoAsksForIt() throws IOException {
    var slow = new Slow();
    var server = slow.server();
    try (var input = new FilesInput(files(server, 64), 16, Stores.of(Map.of(), folder))) {
      assertThat(input.payload(0)).hasSize(33);
      assertThat(input.payload(1)).hasSize(33);
      slow.most.set(0);
      assertThat(input.payload(2)).hasSize(33);
      assertThat(slow.most.get()).isGreaterThan(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void workersReadFilesOfOneBatchEachBesideEachOther() throws Exception {
    var slow = new Slow();
    var server = slow.server();
    try (var input = new FilesInput(files(server, 18), 1, Stores.of(Map.of(), folder));
        var workers = Executors.newFixedThreadPool(4)) {
      assertThat(input.payload(0)).hasSize(3);
      assertThat(input.payload(1)).hasSize(3);
      slow.most.set(0);
      var read =
          IntStream.range(2, 18)
              .<Callable<byte[]>>mapToObj(batch -> () -> input.payload(batch))
              .toList();
      for (var payload : workers.invokeAll(read)) {
        assertThat(payload.get()).hasSize(3);
      }
      assertThat(slow.most.get()).isGreaterThan(1);
    } finally {
      server.stop(0);
    }
  }

  private static FilesSpec files(HttpServer server, int count) {
    var port = server.getAddress().getPort();
    return FilesSpec.of(
        IntStream.range(0, count)
            .mapToObj(file -> "http://127.0.0.1:%d/%02d.jsonl".formatted(port, file))
            .toList());
  }

  /** Takes its time for each answer, and notes how many it owes at the same time. */
  private static final class Slow {
    private final AtomicInteger owed = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Each of its files has one line. */
    HttpServer server() throws IOException {
      var server = FilesInputTest.server("1\n".getBytes(UTF_8), this::answer);
      server.setExecutor(Thread::startVirtualThread);
      server.start();
      return server;
    }

    private void answer() {
      most.accumulateAndGet(owed.incrementAndGet(), Math::max);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      owed.decrementAndGet();
    }
  }

  /** One object under any name, by ranges. */
  private static HttpServer server(byte[] content, Runnable asked) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.run();
          var range = exchange.getRequestHeaders().getFirst("Range");
          var ends = range == null ? null : range.split("[=-]");
          var from = ends == null ? 0 : Integer.parseInt(ends[1]);
          var length = ends == null ? content.length : Integer.parseInt(ends[2]) + 1 - from;
          var headers = exchange.getResponseHeaders();
          headers.set("ETag", "\"v1\"");
          headers.set(
              "Content-Range", "bytes %d-%d/%d".formatted(from, from + length - 1, content.length));
          exchange.sendResponseHeaders(ends == null ? 200 : 206, length);
          exchange.getResponseBody().write(content, from, length);
          exchange.close();
        });
    return server;
  }

  private FilesInput input(String path, int batchSize) {
    return new FilesInput(FilesSpec.of(List.of(path)), batchSize, Stores.of(Map.of(), folder));
  }
}
