package dev.batchapi.operator.job.split;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.Sha256;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.SplitPlan;
import dev.batchapi.operator.pod.SplitterJobs;
import dev.batchapi.operator.queue.JobQueue;
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
import java.util.Collection;
import java.util.Optional;

/**
 * Has a job's files split by a pod, one after the other until one says what the batches are. What
 * one has begun another does not go on with: the files may be others by then.
 */
public final class Splitting {
  private final JobQueue queue;
  private final SplitterCredentials credentials;
  private final Clock clock;

  public Splitting(JobQueue queue, Duration validity, Clock clock) {
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
      if (newest.isEmpty()) {
        return start(plan, 0, client);
      }
      var splitter = newest.get();
      if (!splitter.arguments().equals(plan.digest())) { // the BatchAPI is another one now
        delete(plan, SplitterState.splitters(plan.job().uid(), jobs).toList(), client);
        return start(plan, splitter.attempt() + 1, client);
      }
      return look(plan, splitter, client);
    } catch (QueueUnavailableException e) {
      return new SplitResult.Underway(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    }
  }

  /** The state was read before the record: a splitter that has ended has written all it will. */
  private SplitResult look(SplitPlan plan, SplitterState splitter, KubernetesClient client) {
    var uid = plan.job().uid();
    var record = queue.splits().read(uid, splitter.attempt(), SplitEnd.NAME);
    var end = record == null ? Optional.<SplitEnd>empty() : readable(record, plan);
    if (record != null && end.isPresent()) {
      return end.get().error() != null
          ? new SplitResult.Bad(end.get().error())
          : new SplitResult.Done(
              end.get(),
              new FrozenSplit(
                  splitter.attempt(), Sha256.hex(record), end.get().files(), end.get().bytes()));
    }
    if (splitter.ended().isPresent()) {
      return again(plan, splitter.attempt(), splitter.ended().get(), client);
    }
    credentials.ensure(plan, client);
    return underway(plan, splitter);
  }

  /**
   * Whoever has the splitter's credentials can write this record: it is believed if it is whole.
   */
  private static Optional<SplitEnd> readable(byte[] record, SplitPlan plan) {
    try {
      var end = SplitEnd.read(record);
      var whole =
          end.error() != null
              || (end.files() > 0
                  && end.items() > 0
                  && end.bytes() >= 0
                  && !end.chunks().isEmpty()
                  && end.chunks().size() <= ChunkSink.MOST_CHUNKS);
      return Optional.of(end).filter(e -> whole && e.arguments().equals(plan.digest()));
    } catch (UncheckedIOException | NullPointerException e) {
      return Optional.empty();
    }
  }

  private SplitResult again(
      SplitPlan plan, int attempt, SplitterState.Ended ended, KubernetesClient client) {
    var ends = attempt + 1;
    if (ends >= LossPolicy.ROUNDS) {
      return new SplitResult.Bad(
          "The files could not be split: %d splitters ended without saying what is in them; the last one said: %s"
              .formatted(ends, ended.lastWords()));
    }
    if (clock.instant().isBefore(ended.at().plus(LossPolicy.pause(ends)))) {
      return new SplitResult.Underway(
          Reason.Splitting,
          "The files are split again in a moment: splitter %d of at most %d ended, and said: %s"
              .formatted(ends, LossPolicy.ROUNDS, ended.lastWords()));
    }
    return start(plan, ends, client);
  }

  private SplitResult underway(SplitPlan plan, SplitterState splitter) {
    if (splitter.trouble().isPresent()) {
      return new SplitResult.Underway(
          Reason.Splitting, "The splitter's pod does not start: " + splitter.trouble().get());
    }
    var written = queue.splits().written(plan.job().uid(), splitter.attempt());
    if (written > ChunkSink.MOST_CHUNKS + 1) {
      queue.revokeSplitter(plan.job().namespace(), plan.job().uid());
      return new SplitResult.Bad(
          "The splitter's credentials were used to write what no splitter writes.");
    }
    return new SplitResult.Underway(
        Reason.Splitting,
        written == 0
            ? "The files are being found and read."
            : "The files are being cut into batches: %d parts of the list of batches are written."
                .formatted(written));
  }

  private SplitResult start(SplitPlan plan, int attempt, KubernetesClient client) {
    queue.splits().forget(plan.job().uid(), attempt); // of one whose Job somebody has deleted
    credentials.ensure(plan, client);
    var job = SplitterJobs.of(plan, attempt);
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
    credentials.forget(uid);
    queue.revokeSplitter(namespace, uid);
  }

  /**
   * The job is over: no splitter is to run, and where its batches lay is not needed any more.
   *
   * @throws QueueUnavailableException if the queue is away: to be repeated
   */
  public void ended(String namespace, String uid, Collection<Job> jobs, KubernetesClient client) {
    accepted(namespace, uid);
    SplitterState.splitters(uid, jobs)
        .filter(job -> job.getStatus() == null || job.getStatus().getCompletionTime() == null)
        .forEach(job -> delete(client, job));
    queue.splits().forget(uid);
  }

  private static void delete(SplitPlan plan, Collection<Job> jobs, KubernetesClient client) {
    jobs.stream()
        .filter(job -> job.getMetadata().getNamespace().equals(plan.job().namespace()))
        .forEach(job -> delete(client, job));
  }

  private static void delete(KubernetesClient client, Job job) {
    client.resource(job).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
  }
}
