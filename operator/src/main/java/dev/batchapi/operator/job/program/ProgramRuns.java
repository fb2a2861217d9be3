package dev.batchapi.operator.job.program;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramJobs;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Runs a program for a job as a Job of one pod, one after the other until one says how it went.
 * What is to be known of them stands in the cluster and in the queue: another process goes on.
 *
 * @param <E> what it says at its end
 */
public final class ProgramRuns<E> {
  /** Programs try for a minute or two before they give up: one that works longer does work. */
  private static final Duration STILL_AWAY = Duration.ofMinutes(5);

  private final Program program;
  private final ProgramRecords<E> records;
  private final ProgramQueue queue;
  private final ProgramCredentials credentials;
  private final StartTroubles troubles;
  private final Clock clock;

  /** By the BatchJob's uid: the last one that ended by its own fault. */
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();

  /**
   * An end that is its own fault, whatever becomes of its pod or its Job afterwards: what ends may
   * be cleaned up before the next one is made.
   *
   * @param job uid of its Job
   * @param fruitless how many there have been in a row
   */
  private record Fault(String job, String arguments, int fruitless, ProgramState.Ended ended) {}

  /**
   * @param validity of the credentials, which are renewed in time
   * @param troubles of their pods
   */
  public ProgramRuns(
      Program program,
      ProgramRecords<E> records,
      ProgramQueue queue,
      Duration validity,
      StartTroubles troubles,
      Clock clock) {
    this.program = program;
    this.records = records;
    this.queue = queue;
    this.troubles = troubles;
    this.clock = clock;
    credentials = new ProgramCredentials(queue, validity, clock);
  }

  /** The Jobs and pods of one BatchJob, whatever they are, and who asks for them. */
  public record Children(Collection<Job> jobs, Collection<Pod> pods, KubernetesClient client) {}

  /**
   * Looks how far it is, and makes what is missing.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException if the queue is away: to be repeated
   */
  public ProgramResult<E> next(ProgramPlan plan, Children children) {
    var newest =
        ProgramState.newest(
            program, plan.job().uid(), children.jobs(), children.pods(), clock.instant());
    return newest.isEmpty()
        ? first(plan, children)
        : look(plan, remembered(plan, newest.get()), children);
  }

  /** The Jobs of those before may have been cleaned up. */
  private ProgramResult<E> first(ProgramPlan plan, Children children) {
    var fault = faults.get(plan.job().uid());
    if (fault == null || !fault.arguments().equals(plan.fingerprint())) {
      return start(plan, 0, 0, children.client());
    }
    return fault.fruitless() >= LossPolicy.ROUNDS
        ? givenUp(fault.fruitless(), fault.ended())
        : start(plan, 0, fault.fruitless(), children.client());
  }

  /** As it was seen first. */
  private ProgramState remembered(ProgramPlan plan, ProgramState state) {
    if (state.ended().isEmpty()) {
      return state;
    }
    var uid = plan.job().uid();
    var job = state.job().getMetadata().getUid();
    var ended = state.ended().get();
    if (ended.how() == ProgramState.How.BY_ITSELF) {
      faults.put(uid, new Fault(job, state.arguments(), state.fruitless() + 1, ended));
    }
    var fault = faults.get(uid);
    return fault != null && fault.job().equals(job) && ended.how() == ProgramState.How.TAKEN_AWAY
        ? state.with(fault.ended())
        : state;
  }

  private ProgramResult<E> givenUp(int fruitless, ProgramState.Ended last) {
    return new ProgramResult.GivenUp<>(
        "%d %ss ended without saying how it went; the last one said: %s"
            .formatted(fruitless, program.title(), last.lastWords()));
  }

  /** How it went, if one has said that already. */
  public Optional<E> said(ProgramPlan plan, Children children) {
    return ProgramState.newest(
            program, plan.job().uid(), children.jobs(), children.pods(), clock.instant())
        .map(ProgramState::attempt)
        .flatMap(attempt -> records.done(plan, attempt).or(() -> records.refused(plan, attempt)));
  }

  /** The state was read before the record: one that has ended has written all it will. */
  private ProgramResult<E> look(ProgramPlan plan, ProgramState newest, Children children) {
    var attempt = newest.attempt();
    var done = records.done(plan, attempt);
    if (done.isPresent()) {
      return new ProgramResult.Done<>(attempt, done.get());
    }
    if (!newest.arguments().equals(plan.fingerprint())) { // it is asked for something else now
      // Their numbers stay theirs until their pods are gone, also if no other one can be made now.
      jobs(plan, children).forEach(job -> end(job, children.client()));
      return start(plan, attempt + 1, 0, children.client());
    }
    var refused = records.refused(plan, attempt);
    if (refused.isPresent()) {
      return new ProgramResult.Done<>(attempt, refused.get());
    }
    if (newest.ended().isPresent()) {
      return again(plan, newest, newest.ended().get(), children);
    }
    credentials.ensure(plan, children.client());
    return underway(plan, newest, children);
  }

  private ProgramResult<E> again(
      ProgramPlan plan, ProgramState newest, ProgramState.Ended ended, Children children) {
    var ends = newest.attempt() + 1;
    var fruitless = newest.fruitless() + (ended.how() == ProgramState.How.BY_ITSELF ? 1 : 0);
    if (fruitless >= LossPolicy.ROUNDS) {
      return givenUp(fruitless, ended);
    }
    if (clock.instant().isBefore(ended.at().plus(LossPolicy.pause(ends)))) {
      return triedAgain(newest, ended);
    }
    jobs(plan, children)
        .filter(job -> ProgramState.attempt(program, job) <= newest.attempt() - LossPolicy.ROUNDS)
        .forEach(job -> delete(children.client(), job)); // of days without a store there are many
    var started = start(plan, ends, fruitless, children.client());
    if (ended.how() == ProgramState.How.UNHEARD) { // it may go on, unless no other one is made
      end(newest.job(), children.client());
    }
    return ended.storageAway() ? triedAgain(newest, ended) : started;
  }

  private ProgramResult<E> triedAgain(ProgramState ended, ProgramState.Ended end) {
    return new ProgramResult.Underway<>(
        end.storageAway() ? Reason.StorageUnavailable : null, tryingAgain(ended, end), null);
  }

  private String tryingAgain(ProgramState ended, ProgramState.Ended end) {
    return end.storageAway()
        ? "It is tried again until that can be done; %s %d ended, and said: %s"
            .formatted(program.title(), ended.attempt(), end.lastWords())
        : "It is tried again in a moment: %s %d ended, and said: %s"
            .formatted(program.title(), ended.attempt(), end.lastWords());
  }

  private ProgramResult<E> underway(ProgramPlan plan, ProgramState newest, Children children) {
    var now = clock.instant();
    var trouble = troubles.of(newest.job(), newest.pod(), program.title(), now, children.client());
    if (trouble.isPresent()) {
      return new ProgramResult.Underway<>(
          trouble.get().reason(),
          "The %s's pod does not start: %s"
              .formatted(program.title(), shortened(trouble.get().message())),
          null);
    }
    var progress = records.progress(plan, newest.attempt());
    return progress.isPresent()
        ? working(progress.get(), newest, plan, children)
        : endBefore(plan, newest, children)
            .orElseGet(() -> ProgramResult.Underway.of(records.working(plan)));
  }

  /** What one says that runs; and why it is not the first, for it begins again from nothing. */
  private ProgramResult<E> working(
      ProgramProgress progress, ProgramState newest, ProgramPlan plan, Children children) {
    var message = new StringBuilder(progress.message());
    progress.quiet(clock.instant()).ifPresent(quiet -> message.append("; ").append(quiet));
    message.append('.');
    before(plan, newest, children)
        .flatMap(ProgramState::ended)
        .ifPresent(
            end ->
                message.append(
                    " It began again: %s %d ended, and said: %s"
                        .formatted(program.title(), newest.attempt() - 1, end.lastWords())));
    return new ProgramResult.Underway<>(null, message.toString(), progress.percent());
  }

  private Optional<ProgramState> before(ProgramPlan plan, ProgramState newest, Children children) {
    return ProgramState.numbered(
        newest.attempt() - 1,
        program,
        plan.job().uid(),
        children.jobs(),
        children.pods(),
        clock.instant());
  }

  /**
   * What is said of one that has got nothing done yet: as long as a store is away, each one's start
   * would look as if it were back.
   */
  private Optional<ProgramResult<E>> endBefore(
      ProgramPlan plan, ProgramState newest, Children children) {
    return before(plan, newest, children)
        .flatMap(
            state ->
                state
                    .ended()
                    .filter(ProgramState.Ended::storageAway)
                    .filter(end -> clock.instant().isBefore(end.at().plus(STILL_AWAY)))
                    .map(end -> triedAgain(state, end)));
  }

  private ProgramResult<E> start(
      ProgramPlan plan, int attempt, int fruitless, KubernetesClient client) {
    records.clear(plan);
    credentials.ensure(plan, client);
    var job = ProgramJobs.of(plan, attempt, fruitless);
    job.getMetadata().getAnnotations().putAll(records.annotations(plan));
    try {
      client.resource(job).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return ProgramResult.Underway.of(
            "The Job \"%s\" of the %s is there already; if it does not belong to this BatchJob, delete it, or give the BatchJob another name."
                .formatted(job.getMetadata().getName(), program.title()));
      }
      throw e;
    }
    return ProgramResult.Underway.of("A %s starts.".formatted(program.title()));
  }

  /**
   * None is to run for now; another one begins when {@link #next} is called again. Its Job stays
   * until its pod is gone, so that no two ever have the same number.
   */
  public void hold(String uid, Children children) {
    ProgramState.jobs(program, uid, children.jobs())
        .filter(ProgramRuns::mayRun)
        .forEach(job -> end(job, children.client()));
  }

  /**
   * One that runs, or whose pod is yet to start, has credentials that are of use, though nobody
   * asks how far it is: the BatchJob waits for something else.
   */
  public void keep(JobId job, String api, Children children) {
    if (ProgramState.jobs(program, job.uid(), children.jobs()).anyMatch(ProgramRuns::isWanted)) {
      credentials.ensure(program, job, api, children.client());
    }
  }

  private static boolean isWanted(Job job) {
    return mayRun(job) && job.getMetadata().getDeletionTimestamp() == null;
  }

  private static void end(Job job, KubernetesClient client) {
    if (job.getMetadata().getDeletionTimestamp() == null) {
      client.resource(job).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    }
  }

  /** Whether one of the program's was made for the BatchJob, and is still there. */
  public static boolean hasBegun(Program program, String uid, Children children) {
    return ProgramState.jobs(program, uid, children.jobs()).findAny().isPresent();
  }

  /** Whether one may still run that was asked for something else. */
  public boolean runsAnother(ProgramPlan plan, Children children) {
    return others(plan, children).findAny().isPresent();
  }

  /**
   * The same of one with an annotation.
   *
   * @param annotation see {@link ProgramRecords#annotations}
   */
  public boolean runsAnother(ProgramPlan plan, String annotation, Children children) {
    return others(plan, children).anyMatch(job -> !Labels.of(job, annotation).isEmpty());
  }

  private Stream<Job> others(ProgramPlan plan, Children children) {
    return jobs(plan, children)
        .filter(ProgramRuns::mayRun)
        .filter(job -> !plan.fingerprint().equals(Labels.of(job, Labels.ARGUMENTS)));
  }

  /** Its credentials are of no use any more. */
  public void revoke(String namespace, String uid, Instant at) {
    forget(uid);
    queue.revoke(program, namespace, uid, at);
  }

  /**
   * The BatchJob is over: none is to run.
   *
   * @param at when it ended
   */
  public void ended(String namespace, String uid, Instant at, Children children) {
    revoke(namespace, uid, at);
    ProgramState.jobs(program, uid, children.jobs())
        .filter(ProgramRuns::mayRun)
        .forEach(job -> delete(children.client(), job));
  }

  /** The BatchJob is gone. */
  public void forget(String uid) {
    credentials.forget(uid);
    faults.remove(uid);
  }

  private Stream<Job> jobs(ProgramPlan plan, Children children) {
    return ProgramState.jobs(program, plan.job().uid(), children.jobs());
  }

  /** One that failed has no completion time. */
  private static boolean mayRun(Job job) {
    return ProgramState.end(job).isEmpty();
  }

  private static void delete(KubernetesClient client, Job job) {
    client.resource(job).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
  }

  /** What one has said, as long as a condition has room for. */
  public static String shortened(String text) {
    return TextLimit.beginning(text, ProgramState.LAST_WORDS_BYTES);
  }
}
