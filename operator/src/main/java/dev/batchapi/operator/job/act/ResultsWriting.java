package dev.batchapi.operator.job.act;

import dev.batchapi.operator.job.accept.FrozenInput;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.Names;
import dev.batchapi.operator.pod.ResultsObject;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Ledger;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ConfigMap with an ended job's results and errors, a few jobs at a time and beside
 * everything else: of many batches the ledger takes its time. Repeated, after a death at any point
 * too, it makes the same one.
 */
public final class ResultsWriting {
  /** A small job's are written in this time: no second reconcile is needed for them. */
  private static final long PATIENCE_MILLIS = 300;

  /** Refusals that another try would meet again: quotas, policies, a namespace that is going. */
  private static final Set<Integer> FINAL =
      Set.of(
          HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND,
          HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
          422);

  private final Map<String, CompletableFuture<JobResults>> jobs = new ConcurrentHashMap<>();
  private final Executor executor;
  private final Consumer<String> changed;

  /**
   * @param executor runs what may take long; how many at a time bounds how much is in memory
   * @param changed is told when a job's are written later than {@link #ensure} returned
   */
  public ResultsWriting(Executor executor, Consumer<String> changed) {
    this.executor = executor;
    this.changed = changed;
  }

  /**
   * What became of the results of a job that has its end record; begins with them if nobody has.
   * One caller per job at a time.
   *
   * @param queueBytes what its workers have written to the queue
   * @throws dev.batchapi.queue.QueueUnavailableException if they can't be read now
   * @throws KubernetesClientException if they can't be written now
   */
  public JobResults ensure(
      FrozenJob job, Batches input, Ledger ledger, long queueBytes, KubernetesClient client)
      throws InterruptedException {
    var running = jobs.get(job.uid());
    if (running == null) {
      running =
          CompletableFuture.supplyAsync(
              () -> write(job, input, ledger, queueBytes, client), executor);
      jobs.put(job.uid(), running);
      if (!isDoneSoon(running)) {
        var _ = running.whenComplete((results, failure) -> changed.accept(job.uid()));
      }
    }
    if (!running.isDone()) {
      return new JobResults.Pending();
    }
    return outcome(job.uid(), running);
  }

  private JobResults outcome(String uid, CompletableFuture<JobResults> done)
      throws InterruptedException {
    try {
      var results = done.get();
      if (results instanceof JobResults.Waiting) {
        jobs.remove(uid);
      }
      return results;
    } catch (ExecutionException e) {
      jobs.remove(uid); // the next look begins again
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  public void forget(String job) {
    jobs.remove(job);
  }

  private static boolean isDoneSoon(CompletableFuture<JobResults> writing)
      throws InterruptedException {
    try {
      writing.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private static JobResults write(
      FrozenJob job, Batches input, Ledger ledger, long queueBytes, KubernetesClient client) {
    Optional<SmallResults> small;
    try {
      small =
          SmallResults.of(
              job.run(),
              reader -> ledger.outcomesWhile(job.uid(), reader),
              FrozenInput.shown(job, input),
              FrozenInput.numbers(job, input));
    } catch (TamperedException e) {
      return kept(
          "Its results are in no ConfigMap, for the input of failed batches is gone: "
              + e.getMessage());
    }
    if (small.isEmpty()) {
      return kept(tooLarge(queueBytes));
    }
    var files = small.get();
    return write(
        job, ResultsObject.configMap(job, files.results(), files.errors()), files.remark(), client);
  }

  private static JobResults write(
      FrozenJob job, ConfigMap wanted, Optional<String> remark, KubernetesClient client) {
    var name = Names.results(job.name());
    try {
      var found = create(wanted, client);
      if (found == null
          || (ResultsObject.isOf(job.id(), found) && ResultsObject.isSame(found, wanted))) {
        return new JobResults.Written(name, remark);
      }
      return ResultsObject.isOfPredecessor(job.id(), found)
          ? new JobResults.Waiting()
          : kept(taken(name, ResultsObject.isOf(job.id(), found)));
    } catch (KubernetesClientException e) {
      if (FINAL.contains(e.getCode())) {
        return kept(
            "Its results are in no ConfigMap, for the API server refuses \"%s\": %s."
                .formatted(name, words(e)));
      }
      throw e;
    }
  }

  /** Returns what has the name already; null if it was made now. */
  private static @Nullable ConfigMap create(ConfigMap wanted, KubernetesClient client) {
    try {
      client.resource(wanted).create();
      return null;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      var found = client.resource(wanted).get();
      if (found == null) {
        throw e; // it was there a moment ago
      }
      return found;
    }
  }

  private static String words(KubernetesClientException e) {
    var message = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
    return String.valueOf(message).replaceAll("\\.$", "");
  }

  private static JobResults.Kept kept(String why) {
    return new JobResults.Kept(
        why
            + " They stay in the queue until the BatchJob is deleted, where kubectl does not reach them.");
  }

  private static String tooLarge(long queueBytes) {
    return "Its results and errors are larger than the %d KiB that a ConfigMap has room for (its workers wrote %s to the queue): return smaller results, or have the handler write them to a store of its own."
        .formatted(SmallResults.MOST_BYTES / 1024, size(queueBytes));
  }

  /** Of a job whose ConfigMap's name is another's. */
  public static JobResults taken(FrozenJob job) {
    return kept(taken(Names.results(job.name()), false));
  }

  private static String taken(String name, boolean ours) {
    return ours
        ? "Its results are in no ConfigMap, for \"%s\" was there and holds something else."
            .formatted(name)
        : "Its results are in no ConfigMap, for there is another one of the name \"%s\", which does not belong to this BatchJob: delete or rename it, or name the next BatchJob otherwise."
            .formatted(name);
  }

  private static String size(long bytes) {
    return bytes < 10 << 20
        ? "%,d KiB".formatted(bytes >> 10)
        : String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }
}
