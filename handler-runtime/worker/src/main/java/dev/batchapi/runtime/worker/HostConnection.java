package dev.batchapi.runtime.worker;

import dev.batchapi.data.results.LargeJson;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.LostPushes;
import dev.batchapi.runtime.protocol.Metric;
import dev.batchapi.runtime.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's end of a host's socket. A thread of its own hears the host: metrics go on at once,
 * anything else must be what is due, and waits for the worker's own thread.
 */
final class HostConnection {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  /** How long the end of a process may trail the end of its connection. */
  private static final Duration END_TIME = Duration.ofSeconds(2);

  /** What may come next, besides metrics; anything else ends the connection. */
  enum Due {
    NOTHING,
    HELLO,
    READY,
    ANSWER
  }

  /** What was heard. */
  sealed interface Event {
    /**
     * A frame.
     *
     * @param parts results that came before it; null: none
     */
    record Came(Frame frame, @Nullable LargeJson parts) implements Event {}

    record Gone(String why) implements Event {}
  }

  /** Makes the file for results that come in parts. */
  interface NewFile {
    LargeJson create() throws IOException;
  }

  private final FrameChannel channel;
  private final HostProcess process;
  private final MetricFrames metrics;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Thread reader =
      Thread.ofPlatform().daemon().name("host-reader").unstarted(this::read);
  private volatile @Nullable String gone;

  /** Of the worker's own disk, and no end of the host's. */
  private volatile @Nullable UncheckedIOException fault;

  private final AtomicReference<Due> due = new AtomicReference<>(Due.HELLO);

  /** Results of an answer at most, in bytes. */
  private final int mostBytes;

  private final NewFile newFile;

  /** Of the reader's thread: what came of an answer before the answer. */
  private @Nullable LargeJson parts;

  private HostConnection(
      FrameChannel channel,
      HostProcess process,
      MetricFrames metrics,
      int mostBytes,
      NewFile newFile) {
    this.mostBytes = mostBytes;
    this.newFile = newFile;
    this.channel = channel;
    this.process = process;
    this.metrics = metrics;
  }

  /**
   * Listens to a host that has connected; its HELLO is due.
   *
   * @param mostBytes of the results of an answer
   */
  static HostConnection listen(
      FrameChannel channel, HostProcess process, MetricFrames metrics, int mostBytes) {
    return listen(channel, process, metrics, mostBytes, LargeJson::create);
  }

  static HostConnection listen(
      FrameChannel channel,
      HostProcess process,
      MetricFrames metrics,
      int mostBytes,
      NewFile newFile) {
    var connection = new HostConnection(channel, process, metrics, mostBytes, newFile);
    connection.reader.start();
    return connection;
  }

  /** Says what may come next; called before the frame that asks for it is written. */
  void expect(Due next) {
    due.set(next);
  }

  void write(FrameType type, ByteBuffer... parts) throws IOException {
    channel.write(type, parts);
  }

  void write(FrameType type, byte[] body) throws IOException {
    channel.write(type, body);
  }

  /**
   * Waits for what was expected; null if nothing came in time.
   *
   * @throws UncheckedIOException if the worker's own disk did not take it
   */
  @Nullable Event poll(Duration wait) throws InterruptedException {
    var event = events.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    requireDisk();
    return event;
  }

  /**
   * Waits for what was expected.
   *
   * @throws UncheckedIOException if the worker's own disk did not take it
   */
  Event take() throws InterruptedException {
    var event = events.take();
    requireDisk();
    return event;
  }

  private void requireDisk() {
    var own = fault;
    if (own != null) {
      throw own;
    }
  }

  /** Why the connection has ended; empty while it has not. */
  Optional<String> gone() {
    return Optional.ofNullable(gone);
  }

  /** How the process ended, or what the connection said if that is not to be known. */
  String howItEnded(String why) {
    return process.awaitEnd(END_TIME) ? process.howItEnded() : why;
  }

  /** What the host pushed last may still be in the socket when its process has ended. */
  void awaitItsLastFrames() {
    try {
      reader.join(END_TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the process and the connection at once. May be called by any thread. */
  void kill() {
    process.kill();
    close();
  }

  private void read() {
    try {
      while (true) {
        hear(channel.read());
      }
    } catch (ProtocolException e) {
      LOG.warn("the host broke the protocol and is ended: {}", e.getMessage());
      process.kill();
      ended(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      ended(String.valueOf(e.getMessage()));
    } catch (Throwable e) {
      // Whoever waits for an answer would wait for ever, for this thread is the one that hears it.
      process.kill();
      ended("its answer could not be read: " + e);
    } finally {
      forgetParts();
    }
  }

  private void hear(Frame frame) throws IOException {
    switch (frame.type()) {
      case METRIC -> metrics.push(Metric.decode(frame.body()));
      case LOSSES -> metrics.count(LostPushes.decode(frame.body()));
      case FLUSH -> metrics.flushSoon();
      case HELLO -> came(Due.HELLO, frame);
      case READY, INVALID, BROKEN -> came(Due.READY, frame);
      case PART -> part(frame.body());
      case RESULT, ITEMS, FAILED -> {
        came(Due.ANSWER, frame);
        metrics.flushSoon();
      }
      case WANT -> wants(frame);
      case START, HANDLE, COMPLETE, STOP, REPLACE, PERMITS ->
          throw new ProtocolException("a host sent " + frame.type());
    }
  }

  /** One is answered before the next, and one may be withdrawn: more than that is a flood. */
  private void wants(Frame frame) throws ProtocolException {
    if (due.get() != Due.ANSWER || events.size() > 2) {
      throw new ProtocolException("a WANT that was not its turn");
    }
    events.add(new Event.Came(frame, null));
  }

  private void part(byte[] results) throws IOException {
    if (due.get() != Due.ANSWER) {
      throw new ProtocolException("a PART that was not its turn");
    }
    var before = parts;
    if ((before == null ? 0 : before.size()) + results.length > mostBytes) {
      throw new ProtocolException("results of more than %,d bytes".formatted(mostBytes));
    }
    try {
      var so = before == null ? newFile.create() : before;
      parts = so;
      so.add(results, 0, results.length);
    } catch (IOException e) {
      var own = AnswerReader.ofOwnDisk(e);
      fault = own;
      throw own;
    }
  }

  private void forgetParts() {
    if (parts != null) {
      parts.close();
      parts = null;
    }
  }

  /** One that nobody asked for would be taken for the answer to the next batch. */
  private void came(Due as, Frame frame) throws ProtocolException {
    if (!due.compareAndSet(as, Due.NOTHING)) {
      throw new ProtocolException("a " + frame.type() + " that was not its turn");
    }
    if (frame.type() == FrameType.FAILED) {
      forgetParts();
    }
    var before = parts;
    parts = null; // whoever takes the event has it now
    events.add(new Event.Came(frame, before));
  }

  private void ended(String why) {
    gone = why;
    process.disconnected();
    events.add(new Event.Gone(why));
    close();
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("the host's connection could not be closed", e);
    }
  }
}
