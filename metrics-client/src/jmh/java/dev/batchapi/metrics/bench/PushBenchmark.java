package dev.batchapi.metrics.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One push, by one thread; the server runs beside. Without the timgroup client: its queue is
 * unbounded, and a benchmark that never pauses fills the heap.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PushBenchmark {
  @Param({"ours", "ours-over-dogstatsd", "dogstatsd-lossless", "dogstatsd-readme", "micrometer"})
  public String client;

  private Sink sink;
  private Peer peer;
  private long nanos;

  @Setup(Level.Trial)
  public void open() throws IOException {
    sink = new Sink();
    peer = Peers.open(client, sink.port());
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    peer.close();
    sink.close();
  }

  @Benchmark
  public void counter() {
    peer.count();
  }

  @Benchmark
  public void histogram() {
    // A time that was measured in nanoseconds, in seconds.
    nanos = (nanos + 1_234_567) % 10_000_000_000L;
    peer.histogram(nanos / 1e9);
  }
}
