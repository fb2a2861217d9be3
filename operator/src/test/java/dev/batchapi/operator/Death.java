package dev.batchapi.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The end of an operator: lets its calls to the API server and to the queue pass up to one, and
 * then none any more. Only calls that change something of one namespace are counted.
 */
final class Death implements Interceptor {
  private static final Pattern RESULTS = Pattern.compile("\"name\" *: *\"[^\"]*-results\"");
  private static final Pattern PHASE = Pattern.compile("\"phase\" *: *\"([A-Za-z]+)\"");

  /**
   * A call that changes something.
   *
   * @param verb of HTTP, or PUB
   * @param where the path, or the queue's subject
   * @param body as far as it is text
   */
  record Call(String verb, String where, String body) {
    @Override
    public String toString() {
      return verb + " " + where;
    }

    /**
     * The same for calls that differ in names and numbers alone; a BatchJob's status goes by its
     * phase, and the ConfigMap of its results is another than those that were frozen.
     */
    String kind() {
      var phase = PHASE.matcher(body);
      return toString()
              .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID")
              .replaceAll("/namespaces/[^/]+", "")
              .replaceAll("-[0-9a-f]{8}(?=[-/]|$)", "")
              .replaceAll("[0-9]+", "N")
          + (where.contains("/batchjobs/") && phase.find() ? " " + phase.group(1) : "")
          + (isOfResults() ? " results" : "");
    }

    /** Whether it makes the ConfigMap with a job's results. */
    boolean isOfResults() {
      return verb.equals("POST") && where.endsWith("/configmaps") && RESULTS.matcher(body).find();
    }
  }

  private final String namespace;
  private final Predicate<Call> dies;
  private final boolean afterwards;
  private final Predicate<Call> counts;
  private final List<Call> seen = new CopyOnWriteArrayList<>();
  private volatile boolean dead;
  private volatile Runnable onDeath = () -> {};

  /**
   * @param dies of which call, asked for each that counts until one is it
   * @param afterwards whether that one still arrives, its answer unheard
   * @param counts which calls are counted
   */
  Death(String namespace, Predicate<Call> dies, boolean afterwards, Predicate<Call> counts) {
    this.namespace = namespace;
    this.dies = dies;
    this.afterwards = afterwards;
    this.counts = counts;
  }

  /** That of an operator which lives on. */
  static Death never(String namespace) {
    return new Death(namespace, call -> false, false, call -> false);
  }

  void onDeath(Runnable action) {
    onDeath = action;
  }

  boolean isDead() {
    return dead;
  }

  /** What was counted, the last one being the one that it died of. */
  List<Call> seen() {
    return seen;
  }

  /** Whether a call may be made; it may be the one before which the operator dies. */
  boolean passes(Call call) {
    if (!dead && !afterwards && counts.test(call)) {
      count(call);
    }
    return !dead;
  }

  /** A call has arrived; it may be the one after which the operator dies. */
  void arrived(Call call) {
    if (!dead && afterwards && counts.test(call)) {
      count(call);
    }
  }

  private synchronized void count(Call call) {
    if (!dead) {
      seen.add(call);
      if (dies.test(call)) {
        dead = true;
        onDeath.run();
      }
    }
  }

  private boolean changes(HttpRequest request) {
    return !request.method().equals("GET")
        && request.uri().getPath().contains("/namespaces/" + namespace + "/")
        && !request.uri().getPath().contains("/events");
  }

  private static Call call(HttpRequest request) {
    return new Call(
        request.method(),
        request.uri().getPath(),
        Objects.requireNonNullElse(request.bodyString(), ""));
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (changes(request) ? !passes(call(request)) : dead) {
      throw new IllegalStateException("This operator was killed.");
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (changes(request)) {
      arrived(call(request)); // what it makes of the answer is nobody's: its next call is refused
    }
  }
}
