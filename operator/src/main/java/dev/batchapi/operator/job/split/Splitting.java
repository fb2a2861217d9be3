package dev.batchapi.operator.job.split;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.SplitPlan;
import dev.batchapi.operator.pod.SplitterJobs;
import dev.batchapi.operator.queue.SplitterQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Has a job's files split by a pod, one after the other until one says what the batches are. What
 * one has begun another does not go on with: the files may be others by then.
 */
public final class Splitting {
  /**
   * Of one job at a time: what one splitter writes at the most, and the one before it that has not
   * noticed yet that it is deleted.
   */
  static final int MOST_RECORDS = 2 * (ChunkSink.MOST_CHUNKS + 1);

  private final SplitterQueue queue;
  private final SplitterCredentials credentials;
  private final Clock clock;

  public Splitting(SplitterQueue queue, Duration validity, Clock clock) {
    this.queue = queue;
    this.clock = clock;
    credentials = new SplitterCredentials(queue::splitterCredentials, validity, clock);
  }

  /**
   * Looks how far it is, and makes what is missing.
   *
   * @param jobs of the BatchJob, splitters or not
   * @param pods of the BatchJob
   */
  public SplitResult next(
      SplitPlan plan, Collection<Job> jobs, Collection<Pod> pods, KubernetesClient client) {
    try {
      var newest = SplitterState.newest(plan.job().uid(), jobs, pods, clock.instant());
      return newest.isEmpty()
          ? start(plan, 0, 0, client)
          : look(plan, newest.get(), SplitterState.splitters(plan.job().uid(), jobs), client);
    } catch (QueueUnavailableException e) {
      return new SplitResult.Underway(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    }
  }

  /** The state was read before the record: a splitter that has ended has written all it will. */
  private SplitResult look(
      SplitPlan plan, SplitterState splitter, Stream<Job> splitters, KubernetesClient client) {
    var uid = plan.job().uid();
    if (queue.splits().written(uid) > MOST_RECORDS) {
      queue.revokeSplitter(plan.job().namespace(), uid, clock.instant());
      return new SplitResult.Bad(
          Reason.QueueMisused,
          "The splitter's credentials were used to write what no splitter writes.");
    }
    var attempt = splitter.attempt();
    var record = queue.splits().read(uid, attempt, SplitEnd.NAME);
    var end = record == null ? Optional.<SplitEnd>empty() : readable(record, plan);
    if (record != null && end.isPresent() && isWhole(uid, attempt, end.get())) {
      var split =
          new FrozenSplit(attempt, Sha256.hex(record), end.get().files(), end.get().bytes());
      return new SplitResult.Done(end.get(), split);
    }
    if (!splitter.arguments().equals(plan.fingerprint())) { // the BatchAPI is another one now
      splitters.forEach(job -> delete(client, job));
      return start(plan, attempt + 1, 0, client);
    }
    var error = end.map(SplitEnd::error);
    if (error.isPresent()) {
      return new SplitResult.Bad(Reason.InputInvalid, shortened(error.get()));
    }
    if (splitter.ended().isPresent()) {
      return again(plan, splitter, splitter.ended().get(), splitters, client);
    }
    credentials.ensure(plan, client);
    return underway(plan, splitter);
  }

  /**
   * Whoever has the splitter's credentials can write this record: it is believed if it makes sense.
   */
  private static Optional<SplitEnd> readable(byte[] record, SplitPlan plan) {
    try {
      var end = SplitEnd.read(record);
      var sensible =
          end.error() != null
              || (end.files() > 0
                  && end.items() > 0
                  && end.bytes() >= 0
                  && !end.chunks().isEmpty()
                  && end.chunks().size() <= ChunkSink.MOST_CHUNKS);
      return Optional.of(end).filter(e -> sensible && e.arguments().equals(plan.digest()));
    } catch (UncheckedIOException | NullPointerException e) {
      return Optional.empty();
    }
  }

  /** Whether all that it names is there, and nothing else: the queue may have lost some of it. */
  private boolean isWhole(String uid, int attempt, SplitEnd end) {
    return end.error() == null && queue.splits().written(uid, attempt) == end.chunks().size() + 1;
  }

  private static String shortened(String text) {
    return TextLimit.beginning(text, SplitterState.LAST_WORDS_BYTES);
  }

  private SplitResult again(
      SplitPlan plan,
      SplitterState splitter,
      SplitterState.Ended ended,
      Stream<Job> splitters,
      KubernetesClient client) {
    var ends = splitter.attempt() + 1;
    var fruitless = splitter.fruitless() + (ended.storageAway() ? 0 : 1);
    if (fruitless >= LossPolicy.ROUNDS) {
      return new SplitResult.Bad(
          Reason.SplittingFailed,
          "The files could not be split: %d splitters ended without saying what is in them; the last one said: %s"
              .formatted(fruitless, ended.lastWords()));
    }
    if (clock.instant().isBefore(ended.at().plus(LossPolicy.pause(ends)))) {
      return ended.storageAway()
          ? new SplitResult.Underway(
              Reason.StorageUnavailable,
              "The files are split as soon as that can be done; splitter %d ended, and said: %s"
                  .formatted(ends, ended.lastWords()))
          : new SplitResult.Underway(
              Reason.Splitting,
              "The files are split again in a moment: splitter %d ended, and said: %s"
                  .formatted(ends, ended.lastWords()));
    }
    splitters
        .filter(job -> SplitterState.attempt(job) <= splitter.attempt() - LossPolicy.ROUNDS)
        .forEach(job -> delete(client, job)); // of a store that is away for days there are many
    return start(plan, ends, fruitless, client);
  }

  private SplitResult underway(SplitPlan plan, SplitterState splitter) {
    if (splitter.trouble().isPresent()) {
      return new SplitResult.Underway(
          Reason.Splitting,
          "The splitter's pod does not start: " + shortened(splitter.trouble().get()));
    }
    var written = queue.splits().written(plan.job().uid(), splitter.attempt());
    return new SplitResult.Underway(
        Reason.Splitting,
        written == 0
            ? "The files are being found and read."
            : "The files are being cut into batches: %d parts of the list of batches are written."
                .formatted(written));
  }

  private SplitResult start(SplitPlan plan, int attempt, int fruitless, KubernetesClient client) {
    queue.splits().forget(plan.job().uid()); // of those before, and of Jobs that were deleted
    credentials.ensure(plan, client);
    var job = SplitterJobs.of(plan, attempt, fruitless);
    try {
      client.resource(job).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return new SplitResult.Underway(
            Reason.Splitting,
            "The Job \"%s\" of the splitter is there already; if it does not belong to this BatchJob, delete it, or give the BatchJob another name."
                .formatted(job.getMetadata().getName()));
      }
      throw e;
    }
    return new SplitResult.Underway(Reason.Splitting, "A splitter starts.");
  }

  /**
   * The job is accepted, and has its batches: nothing more is to be written.
   *
   * @param namespace the job's
   */
  public void accepted(String namespace, String uid) {
    revoke(namespace, uid, clock.instant());
  }

  private void revoke(String namespace, String uid, Instant at) {
    credentials.forget(uid);
    queue.revokeSplitter(namespace, uid, at);
  }

  /**
   * The job is over: no splitter is to run, and where its batches lay is not needed any more.
   *
   * @param at when it ended
   * @throws QueueUnavailableException if the queue is away: to be repeated
   */
  public void ended(
      String namespace, String uid, Instant at, Collection<Job> jobs, KubernetesClient client) {
    revoke(namespace, uid, at);
    SplitterState.splitters(uid, jobs)
        .filter(job -> job.getStatus() == null || job.getStatus().getCompletionTime() == null)
        .forEach(job -> delete(client, job));
    queue.splits().forget(uid);
  }

  private static void delete(KubernetesClient client, Job job) {
    client.resource(job).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
  }
}
