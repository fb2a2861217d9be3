package dev.batchapi.operator.job.program;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.TextLimit;
import dev.batchapi.operator.job.observe.LostNode;
import dev.batchapi.operator.job.observe.PodEnd;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Program;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of a job's splitters or collectors.
 *
 * @param attempt which one it is, from 0
 * @param arguments digest of what it was made of
 * @param fruitless how many in a row before it ended for nothing, by their own fault
 * @param ended how it ended; empty: it runs, or will
 * @param job its Job
 * @param pod its pod; null: none was seen
 */
record ProgramState(
    int attempt,
    String arguments,
    int fruitless,
    Optional<Ended> ended,
    Job job,
    @Nullable Pod pod) {

  /** How far a pod's end may be behind the time at which it should be gone. */
  private static final Duration GONE = Duration.ofSeconds(10);

  /** They stand in three conditions. */
  static final int LAST_WORDS_BYTES = 1024;

  /** What made it end. */
  enum How {
    /** Its own fault, as far as can be seen. */
    BY_ITSELF,
    /** The queue or a store was away or full. */
    STORAGE_AWAY,
    /** Its pod was taken away: its node was drained, it was preempted, or somebody deleted it. */
    TAKEN_AWAY,
    /** Its node does not answer; it may run all the same. */
    UNHEARD
  }

  /**
   * An end.
   *
   * @param lastWords for people, up to 1 KiB
   * @param at when, as far as known: the same in every pass, or the pause after it never ends
   */
  record Ended(String lastWords, Instant at, How how) {
    Ended {
      lastWords = TextLimit.beginning(lastWords, LAST_WORDS_BYTES);
    }

    boolean storageAway() {
      return how == How.STORAGE_AWAY;
    }
  }

  /** The newest of all Jobs and pods of a BatchJob; empty if there has been none. */
  static Optional<ProgramState> newest(
      Program program, String uid, Collection<Job> jobs, Collection<Pod> pods, Instant now) {
    return jobs(program, uid, jobs)
        .max(Comparator.comparingInt(job -> attempt(program, job)))
        .map(job -> of(program, job, pod(job, pods), now));
  }

  /** One of them; empty if its Job is gone. */
  static Optional<ProgramState> numbered(
      int attempt,
      Program program,
      String uid,
      Collection<Job> jobs,
      Collection<Pod> pods,
      Instant now) {
    return jobs(program, uid, jobs)
        .filter(job -> attempt(program, job) == attempt)
        .findFirst()
        .map(job -> of(program, job, pod(job, pods), now));
  }

  /** The program's Jobs among those of a BatchJob. */
  static Stream<Job> jobs(Program program, String uid, Collection<Job> jobs) {
    return jobs.stream()
        .filter(
            job ->
                uid.equals(Labels.of(job, Labels.JOB_UID))
                    && program.attempt(job.getMetadata().getName()).isPresent()
                    && job.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> uid.equals(owner.getUid())));
  }

  static int attempt(Program program, Job job) {
    return program.attempt(job.getMetadata().getName()).orElse(0);
  }

  private static @Nullable Pod pod(Job job, Collection<Pod> pods) {
    return pods.stream()
        .filter(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> job.getMetadata().getUid().equals(owner.getUid())))
        .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
        .orElse(null);
  }

  static ProgramState of(Program program, Job job, @Nullable Pod pod, Instant now) {
    var arguments = Labels.of(job, Labels.ARGUMENTS);
    var ended = pod == null ? withoutPod(job, now) : withPod(program, pod, now);
    return new ProgramState(
        attempt(program, job), arguments, Labels.number(job, Labels.FRUITLESS), ended, job, pod);
  }

  /** The same, with what is known of its end from an earlier look. */
  ProgramState with(Ended end) {
    return new ProgramState(attempt, arguments, fruitless, Optional.of(end), job, pod);
  }

  private static Optional<Ended> withoutPod(Job job, Instant now) {
    var deleted = time(job.getMetadata().getDeletionTimestamp());
    if (deleted.isPresent()) {
      return deleted.map(at -> new Ended("its Job was deleted", at, How.TAKEN_AWAY));
    }
    return end(job)
        .map(
            c ->
                new Ended(
                    "its pod was deleted",
                    time(c.getLastTransitionTime())
                        .or(() -> time(job.getMetadata().getCreationTimestamp()))
                        .orElse(now),
                    How.TAKEN_AWAY));
  }

  /** The condition that says of a Job that it has ended, well or not. */
  static Optional<JobCondition> end(Job job) {
    return job.getStatus() == null || job.getStatus().getConditions() == null
        ? Optional.empty()
        : job.getStatus().getConditions().stream()
            .filter(
                c ->
                    "True".equals(c.getStatus())
                        && ("Failed".equals(c.getType()) || "Complete".equals(c.getType())))
            .findFirst();
  }

  private static Optional<Ended> withPod(Program program, Pod pod, Instant now) {
    var container = container(program, pod);
    var terminated =
        container == null || container.getState() == null
            ? null
            : container.getState().getTerminated();
    if (terminated != null) {
      return Optional.of(
          new Ended(
              words(terminated),
              PodEnd.time(pod, now, terminated.getFinishedAt()),
              Objects.equals(terminated.getExitCode(), ExitCode.STORAGE_UNAVAILABLE.code())
                  ? How.STORAGE_AWAY
                  : how(pod)));
    }
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    if ("Failed".equals(phase) || "Succeeded".equals(phase)) {
      var words =
          Stream.of(pod.getStatus().getReason(), pod.getStatus().getMessage())
              .filter(text -> text != null && !text.isBlank())
              .reduce((one, other) -> one + ": " + other);
      return Optional.of(
          new Ended(words.orElse("its pod ended"), PodEnd.time(pod, now, null), how(pod)));
    }
    // Of a node that does not answer nothing more is heard, though its pod be tolerated there.
    var lost = LostNode.of(pod, program.title(), now);
    if (lost.isPresent()) {
      return lost.map(node -> new Ended(node.words(), node.since(), How.UNHEARD));
    }
    return time(pod.getMetadata().getDeletionTimestamp())
        .filter(at -> now.isAfter(at.plus(GONE)))
        .map(at -> new Ended("its node does not answer", at, How.UNHEARD));
  }

  private static How how(Pod pod) {
    return PodEnd.isTakenAway(pod) ? How.TAKEN_AWAY : How.BY_ITSELF;
  }

  private static String words(ContainerStateTerminated terminated) {
    var message = terminated.getMessage();
    var exit = "exit code " + terminated.getExitCode();
    if (terminated.getReason() != null && !terminated.getReason().equals("Error")) {
      exit += ", " + terminated.getReason();
    }
    return message == null || message.isBlank() ? exit : message.strip();
  }

  private static @Nullable ContainerStatus container(Program program, Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? null
        : pod.getStatus().getContainerStatuses().stream()
            .filter(status -> program.title().equals(status.getName()))
            .findFirst()
            .orElse(null);
  }

  private static Optional<Instant> time(@Nullable String text) {
    return Optional.ofNullable(text).map(Instant::parse);
  }
}
