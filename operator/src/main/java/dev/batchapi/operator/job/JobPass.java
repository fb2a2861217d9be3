package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.BatchJobStatus.Failure;
import dev.batchapi.operator.job.accept.Credentials;
import dev.batchapi.operator.job.accept.FrozenInput;
import dev.batchapi.operator.job.accept.FrozenStore;
import dev.batchapi.operator.job.act.Enqueuing;
import dev.batchapi.operator.job.act.FinishedJob;
import dev.batchapi.operator.job.act.LedgerActions;
import dev.batchapi.operator.job.act.ResultsWriting;
import dev.batchapi.operator.job.act.WorkerActions;
import dev.batchapi.operator.job.collect.Collecting;
import dev.batchapi.operator.job.decide.Ending;
import dev.batchapi.operator.job.decide.WorkerPlan;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.job.observe.Observer;
import dev.batchapi.operator.job.observe.PodEnd;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.job.observe.Workers;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.operator.queue.QueueShares;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at an accepted job: observes, decides, acts. What its status is to say comes out. */
final class JobPass {
  private static final Duration LOOK_AGAIN = Enqueuing.REPEAT;
  static final Duration QUEUE_RETRY = Duration.ofSeconds(2);
  private static final Duration COLLECTING_RETRY = Duration.ofSeconds(2);
  private static final Duration REFUSAL_RETRY = Duration.ofSeconds(10);

  /** How long it counts that workers say that they wait; they say so every ten seconds. */
  private static final Duration WAITING_SAID = Duration.ofSeconds(45);

  /** Of a job that waits, or is likely to; else it is found out when it is looked at anyway. */
  private static final Duration WAITING_LOOK = Duration.ofSeconds(15);

  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** A pod that can't be created shows in Events alone, which are not watched; look again then. */
  private static final Duration POD_TROUBLE = Duration.ofSeconds(5);

  private static final Duration STORE_TROUBLE = Duration.ofSeconds(5);

  private final Tools tools;
  private final BatchJob job;
  private final FrozenJob frozen;
  private final JobMemory memory;
  private final Context<BatchJob> context;

  /** What the job's workers have written to the queue, as it was last known. */
  private long queueBytes;

  /** What the queue has of where its batches lie. */
  private final long inputBytes;

  /** What all passes use. */
  record Tools(
      JobQueue queue,
      FrozenStore store,
      Enqueuing enqueuing,
      ResultsWriting results,
      Collecting collecting,
      Credentials credentials,
      Observer observer,
      QueueShares shares,
      Clock clock) {}

  /**
   * What a pass leaves: a status to write, and when to look again.
   *
   * @param end the job's end, if it has one and all that comes before it is done
   * @param again after which time to look again at the latest
   * @param failure what went wrong beside what the status says; null: nothing
   */
  record Result(
      BatchJobStatus status,
      FrozenJob frozen,
      Optional<End> end,
      Duration again,
      @Nullable RuntimeException failure) {}

  JobPass(
      Tools tools, BatchJob job, FrozenJob frozen, JobMemory memory, Context<BatchJob> context) {
    this.tools = tools;
    this.job = job;
    this.frozen = frozen;
    this.memory = memory;
    this.context = context;
    var before = job.getStatus() == null ? null : job.getStatus().queueBytes();
    var split = frozen.pod().split();
    inputBytes = split == null ? 0 : split.kept();
    queueBytes = before == null ? 0 : Math.max(0, before - inputBytes);
  }

  Result run() throws InterruptedException {
    var seen = observe();
    if (end(seen).isEmpty()) {
      seen.workers()
          .lastWords(WorkerState.How.TAMPERED)
          .ifPresent(
              words -> {
                throw new TamperedException(words);
              });
    }
    if (seen.counts().isEmpty() && isCollecting()) {
      return unseen(seen);
    }
    if (seen.counts().isPresent() && end(seen).isEmpty()) {
      seen = decide(seen, seen.counts().get());
    }
    if (end(seen).isEmpty() && !seen.isSuspended()) {
      tools.credentials.ensure(frozen, client());
    }
    // What was replaced before this process came, or before it could say so, shows by the names.
    var lost = Math.max(lostBefore(), seen.workers().replacements());
    var again = LOOK_AGAIN;
    @Nullable RuntimeException failure = null;
    if (end(seen).isEmpty() && mayHaveWorkers(seen)) {
      var plan = WorkerPlan.of(seen).plan(seen.now());
      var done = act(plan, seen);
      lost += done.lost();
      failure = done.failure();
      again = plan.again().map(a -> shorter(LOOK_AGAIN, a)).orElse(again);
      memory.refusal = done.refusal();
      if (done.refusal().isPresent()) {
        seen = seen.with(new Workers(seen.workers().all(), done.refusal()));
        again = shorter(again, REFUSAL_RETRY);
      }
    }
    if (end(seen).isPresent()) {
      return ended(seen, lost);
    }
    return new Result(
        JobStatus.of(seen, lost, queueBytes + inputBytes),
        frozen,
        Optional.empty(),
        shorter(again, untilNextLook(seen)),
        failure);
  }

  /** The end is recorded, and is said as soon as it can be said where the results are. */
  private Result ended(Observation seen, int lost) throws InterruptedException {
    var looked =
        new EndedJob(tools, job, frozen, memory, context)
            .look(seen, end(seen).orElseThrow(), queueBytes);
    var results = looked.results();
    var status = JobStatus.ended(seen, lost, queueBytes + inputBytes, results);
    if (JobConditions.isFinished(status) && !FinishedJob.keepsInput(job.getSpec(), status)) {
      status = JobStatus.ended(seen, lost, queueBytes, results);
    }
    return switch (results) {
      case JobResults.Pending _, JobResults.Waiting _ ->
          new Result(status, frozen, Optional.empty(), QUEUE_RETRY, looked.failure());
      case JobResults.Collecting _ ->
          new Result(status, frozen, Optional.empty(), COLLECTING_RETRY, looked.failure());
      case JobResults.Written _,
          JobResults.Kept _,
          JobResults.Collected _,
          JobResults.NotCollected _ ->
          // Its workers are to be told.
          new Result(status, frozen, end(seen), AT_ONCE, looked.failure());
    };
  }

  private boolean isCollecting() {
    return JobConditions.condition(job.getStatus(), JobConditions.OUTPUT_WRITTEN).isPresent();
  }

  /** The ledger can't be asked; that it had the job's end is known, and no worker is made again. */
  private Result unseen(Observation seen) {
    var status = JobStatus.unseen(job, seen.queueTrouble().orElse(""), seen.now());
    return new Result(status, frozen, Optional.empty(), QUEUE_RETRY, null);
  }

  private static Optional<End> end(Observation seen) {
    return seen.counts().flatMap(Counts::end);
  }

  private Observation observe() throws InterruptedException {
    Optional<Counts> counts = Optional.empty();
    Optional<String> trouble = Optional.empty();
    Optional<Waiting> waiting = Optional.empty();
    Optional<String> storeTrouble = Optional.empty();
    var failures = Objects.requireNonNullElse(failuresBefore(), List.<Failure>of());
    var state = tools.enqueuing.state(frozen.uid());
    try {
      var ledger = tools.queue.ledger();
      ledger.open(frozen.uid(), frozen.run().totalBatches());
      new LedgerActions(ledger, frozen.uid())
          .endMisuse(
              frozen.run().totalBatches(),
              tools.shares.jobBytes(),
              () -> tools.queue.revoke(frozen.uid()),
              tools.clock.instant());
      counts = Optional.of(ledger.counts(frozen.uid()));
      queueBytes = ledger.usage(frozen.uid()).bytes();
      // Opened when it is needed, and not kept: inputs are up to 1 MiB each.
      var input = FrozenInput.of(job, frozen, tools.queue::splits, client());
      if (counts.get().end().isEmpty()) {
        state = tools.enqueuing.ensure(asker(), input, ledger, counts.get().done());
      }
      failures = failures(ledger, counts.get());
      waiting = waiting(ledger, counts.get());
      storeTrouble = storeTrouble(counts.get());
      if (state instanceof EnqueuingState.Tampered(var message)) {
        throw new TamperedException(message);
      }
    } catch (QueueUnavailableException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
      if (!(state instanceof EnqueuingState.Done)) {
        state = new EnqueuingState.Failed(Reason.QueueUnavailable, trouble.get());
      }
    }
    return new Observation(
        job,
        frozen,
        tools.observer.workers(job, memory, context),
        counts,
        trouble,
        state,
        failures,
        waiting,
        storeTrouble,
        tools.clock.instant());
  }

  /** Of a job whose workers can say something now. They say it again as long as it is so. */
  private Optional<Waiting> waiting(Ledger ledger, Counts counts) {
    if (counts.end().isPresent() || job.getStatus().startTime() == null) {
      return Optional.empty();
    }
    var now = tools.clock.instant();
    var oldest = now.minus(WAITING_SAID);
    return memory
        .waiting
        .ask(() -> ledger.waiting(frozen.uid()), now)
        .filter(waiting -> waiting.at().isAfter(oldest));
  }

  /** Of a job whose workers read files or write large results. */
  private Optional<String> storeTrouble(Counts counts) {
    return !frozen.pod().speaksToStores() || counts.end().isPresent()
        ? Optional.empty()
        : memory.storeWaits.now(
            () -> tools.queue.splits().waitsForStore(frozen.uid()), tools.clock.instant());
  }

  private Enqueuing.Asker asker() {
    return new Enqueuing.Asker(
        frozen.uid(),
        frozen.namespace(),
        Objects.requireNonNullElse(job.getSpec().workers(), 1),
        Boolean.TRUE.equals(job.getSpec().suspend()),
        Duration.ofSeconds(frozen.pod().leaseSeconds()));
  }

  private List<Failure> failures(Ledger ledger, Counts counts) {
    if (counts.failed() == 0 && counts.failedItems() == 0) {
      return List.of();
    }
    var oomKilled =
        context
            .getSecondaryResourcesAsStream(Pod.class)
            .anyMatch(pod -> PodEnd.isHandlerOomKilled(pod, frozen.uid()));
    return memory.failedBatches.first(
        ledger,
        frozen.uid(),
        oomKilled,
        frozen.run().batchSize(),
        frozen.run().items(),
        FrozenInput.numbers(frozen, FrozenInput.of(job, frozen, tools.queue::splits, client())));
  }

  /** Ends the job or brings it nearer to its end, and observes what the ledger says then. */
  private Observation decide(Observation seen, Counts counts) {
    var next = Ending.decide(seen, counts);
    if (next instanceof NextStep.KeepGoing) {
      return seen;
    }
    var ledger = tools.queue.ledger();
    try {
      new LedgerActions(ledger, frozen.uid()).take(next, counts, seen);
    } catch (QueueFullException e) {
      return seen.with(new EnqueuingState.Failed(Reason.QueueFull, String.valueOf(e.getMessage())));
    }
    var now = ledger.counts(frozen.uid());
    return seen.with(now, failures(ledger, now));
  }

  /**
   * Workers need the consumer that the publishing begins with; a suspended job's are taken away.
   */
  static boolean mayHaveWorkers(Observation seen) {
    return seen.isSuspended()
        || seen.enqueuing() instanceof EnqueuingState.Done
        || (seen.counts().isPresent() && mayHaveWork(seen.enqueuing()));
  }

  /** A job that has filled the queue with a part of its batches makes room by working. */
  private static boolean mayHaveWork(EnqueuingState enqueuing) {
    return switch (enqueuing) {
      case EnqueuingState.Running _, EnqueuingState.Done _ -> true;
      case EnqueuingState.Failed(var reason, _) -> reason == Reason.QueueFull;
      case EnqueuingState.Held _, EnqueuingState.Tampered _ -> false;
    };
  }

  private WorkerActions.Done act(WorkerPlan.Plan plan, Observation seen)
      throws InterruptedException {
    if (!plan.create().isEmpty()) {
      checkFrozen();
    }
    return new WorkerActions(client()).act(plan, frozen, seen.progress());
  }

  /** No pod is made to wait for what is gone. What was made a moment ago need not be looked at. */
  private void checkFrozen() {
    if (!memory.made) {
      tools.store.read(job, client());
    }
    memory.made = false;
  }

  static Duration untilNextLook(Observation seen) {
    var wait = seen.queueTrouble().isPresent() ? QUEUE_RETRY : LOOK_AGAIN;
    if (seen.enqueuing() instanceof EnqueuingState.Failed) {
      wait = shorter(wait, Enqueuing.RETRY);
    }
    if (seen.storeTrouble().isPresent()) {
      wait = shorter(wait, STORE_TROUBLE); // that it is over shows by nothing that is watched
    }
    if (seen.workers().needLooking() && seen.workers().ready() == 0) {
      wait = shorter(wait, POD_TROUBLE);
    }
    if (seen.workers().ready() > 0
        && (seen.waiting().isPresent() || seen.frozen().run().rateLimit() != null)) {
      wait = shorter(wait, WAITING_LOOK);
    }
    // One that has passed ends the job as soon as the ledger can be asked, and not before.
    var deadline = Ending.deadline(seen).map(d -> Duration.between(seen.now(), d));
    return deadline.filter(Duration::isPositive).isEmpty() ? wait : shorter(wait, deadline.get());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private int lostBefore() {
    return job.getStatus() == null || job.getStatus().workers() == null
        ? 0
        : job.getStatus().workers().lost();
  }

  private @Nullable List<Failure> failuresBefore() {
    return job.getStatus() == null ? null : job.getStatus().failures();
  }

  private KubernetesClient client() {
    return context.getClient();
  }
}
