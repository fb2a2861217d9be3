package dev.batchapi.operator.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a process that has led, stood still for longer than its Lease lasts, and has not noticed
 * yet: all that was due in the meantime begins in the moment it goes on, from caches as old as
 * that, while another replica works. Sees the Lease's renewals pass by, and counts from when they
 * were sent. A process that never led, or needs no Lease, is not touched. Thread-safe.
 *
 * <p>What is under way in the very moment in which a process is stopped still arrives.
 */
public final class LeaseFence implements Interceptor {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseFence.class);

  private final String leases;
  private final LongSupplier nanoTime;
  private final Runnable onLost;
  private volatile long sent;
  private volatile long renewed;
  private volatile boolean led;

  /**
   * Lets everything pass until the Lease is held.
   *
   * @param namespace of the Lease
   * @param onLost ends the process at once
   */
  public LeaseFence(String namespace, LongSupplier nanoTime, Runnable onLost) {
    leases = "/namespaces/%s/leases".formatted(namespace);
    this.nanoTime = nanoTime;
    this.onLost = onLost;
  }

  /**
   * To be called before something is changed.
   *
   * @throws IllegalStateException if another replica may work now; the process is being ended
   */
  public void check() {
    var old = Duration.ofNanos(nanoTime.getAsLong() - renewed);
    if (led && old.compareTo(Leadership.LASTS) >= 0) {
      LOG.error(
          "This replica has stood still: it renewed the Lease {} s ago, which lasts {} s, so another one"
              + " may work now. It changes nothing any more and ends.",
          old.toSeconds(),
          Leadership.LASTS.toSeconds());
      onLost.run();
      throw new IllegalStateException("The Lease has run out.");
    }
  }

  private boolean isLease(HttpRequest request) {
    var path = request.uri().getPath();
    return path.endsWith(leases) || path.endsWith(leases + '/' + Leadership.LEASE);
  }

  /** Reviews are questions, whatever their verb. */
  private static boolean changes(HttpRequest request) {
    return !request.method().equals("GET") && !request.uri().getPath().endsWith("reviews");
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!changes(request)) {
      return;
    }
    if (isLease(request)) {
      sent = nanoTime.getAsLong();
    } else {
      check();
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (changes(request) && isLease(request) && response.isSuccessful()) {
      renewed = sent;
      led = true;
    }
  }
}
