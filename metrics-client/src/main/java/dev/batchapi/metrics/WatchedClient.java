package dev.batchapi.metrics;

import com.timgroup.statsd.BufferPool;
import com.timgroup.statsd.NonBlockingStatsDClient;
import com.timgroup.statsd.NonBlockingStatsDClientBuilder;
import com.timgroup.statsd.StatsDClientErrorHandler;
import com.timgroup.statsd.StatsDSender;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * java-dogstatsd-client in the settings under which it loses nothing, whose datagrams are watched
 * on their way to its socket, and which writes numbers in full.
 */
final class WatchedClient extends NonBlockingStatsDClient {
  /** Of a Unix socket, which has no network's limits; an agent reads as many. */
  private static final int UNIX_PACKET_BYTES = 8_192;

  /** The library takes two bytes less. */
  private static final int UDP_PACKET_BYTES = WireRules.MAX_LINE_BYTES + 2;

  private static final int QUEUE = 1_024;
  private static final int BUFFERS = 16;

  private final Ears ears;

  /** Hears of its errors, and never throws: that would end its thread. */
  private static final class Ears implements StatsDClientErrorHandler {
    private final Underway underway;
    private @Nullable WatchedChannel channel;

    Ears(Underway underway) {
      this.underway = underway;
    }

    @Override
    public void handle(Exception e) {
      // The channel has said it, and lines that are too long do not get there.
    }
  }

  private static final class Builder extends NonBlockingStatsDClientBuilder {
    private WatchedClient watched(Ears ears) {
      return new WatchedClient(resolve(), ears);
    }
  }

  private WatchedClient(NonBlockingStatsDClientBuilder builder, Ears ears) {
    super(builder);
    this.ears = ears;
  }

  /** A client that sends by UDP. */
  static WatchedClient udp(Callable<SocketAddress> address, Underway underway) {
    Builder builder = new Builder();
    builder.addressLookup(address).maxPacketSizeBytes(UDP_PACKET_BYTES);
    return build(builder, underway);
  }

  /** A client that sends to a Unix datagram socket; needs jnr-unixsocket. */
  static WatchedClient unix(String path, Underway underway) {
    Builder builder = new Builder();
    builder.address(StatsdAddress.UNIX + path).maxPacketSizeBytes(UNIX_PACKET_BYTES);
    return build(builder, underway);
  }

  private static WatchedClient build(Builder builder, Underway underway) {
    Ears ears = new Ears(underway);
    builder
        .blocking(true) // the only mode whose close sends what it holds
        .enableAggregation(false) // keeps the order of gauges; counters are summed before
        .enableTelemetry(false) // its own series would appear beside the handler's
        .originDetectionEnabled(true) // DD_ENTITY_ID, the container's id, DD_EXTERNAL_ENV
        .processorWorkers(1) // more lose metrics and their order
        .senderWorkers(1)
        .queueSize(QUEUE)
        .bufferPoolSize(BUFFERS)
        .threadFactory(WatchedClient::thread)
        .errorHandler(ears);
    return builder.watched(ears);
  }

  /** The library formats by what its own thread has here. */
  private static Thread thread(Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .unstarted(
            () -> {
              NUMBER_FORMATTER.set(new ExactNumbers());
              work.run();
            });
  }

  /** Called by the constructor of the super class. */
  @Override
  protected StatsDSender createSender(
      StatsDClientErrorHandler handler,
      WritableByteChannel clientChannel,
      BufferPool pool,
      BlockingQueue<ByteBuffer> buffers,
      int senderWorkers,
      ThreadFactory threadFactory)
      throws Exception {
    WritableByteChannel channel = clientChannel;
    if (handler instanceof Ears its) {
      its.channel = new WatchedChannel(clientChannel, its.underway);
      channel = its.channel;
    }
    return super.createSender(handler, channel, pool, buffers, senderWorkers, threadFactory);
  }

  void carry(Series series, double value) {
    // The library renders tags in reverse.
    String[] tags = series.tags().reversed().toArray(String[]::new);
    switch (series.kind()) {
      case COUNTER -> count(series.name(), value, tags);
      case GAUGE -> gauge(series.name(), value, tags);
      case HISTOGRAM -> histogram(series.name(), value, tags);
      case DISTRIBUTION -> distribution(series.name(), value, tags);
    }
  }

  void probe() throws IOException {
    WatchedChannel channel = ears.channel;
    if (channel != null) {
      channel.probe();
    }
  }
}
