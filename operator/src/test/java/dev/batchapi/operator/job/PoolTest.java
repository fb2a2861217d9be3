package dev.batchapi.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.Pool.NewWorker;
import dev.batchapi.operator.job.WorkerState.How;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PoolTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Worker worker(
      int slot, int attempt, int fruitless, int progress, WorkerState state) {
    return new Worker(
        "job-%d-%d".formatted(slot, attempt), slot, attempt, fruitless, progress, state, false);
  }

  private static Worker ready(int slot) {
    return worker(slot, 0, 0, 0, new WorkerState.Ready());
  }

  private static WorkerState ended(How how, int secondsAgo) {
    return new WorkerState.Ended(how, "last words", NOW.minusSeconds(secondsAgo));
  }

  private static Workers workers(Worker... all) {
    return new Workers(List.of(all), Optional.empty());
  }

  private static Pool.Plan plan(Workers workers, int allowed, int useful, int progress) {
    return Pool.plan(workers, allowed, useful, progress, NOW);
  }

  @Test
  void aNewJobGetsAsManyWorkersAsItAsksFor() {
    assertThat(plan(workers(), 3, 100, 0).create())
        .containsExactly(
            new NewWorker(0, 0, 0, false),
            new NewWorker(1, 0, 0, false),
            new NewWorker(2, 0, 0, false));
  }

  @Test
  void butNoMoreThanThereAreBatches() {
    assertThat(plan(workers(), 8, 2, 0).create()).hasSize(2);
  }

  @Test
  void whoIsThereStays() {
    assertThat(plan(workers(ready(0), ready(1)), 2, 100, 5)).isEqualTo(Pool.Plan.NOTHING);
  }

  @Test
  void aLostWorkerIsReplacedAtOnceUnderTheNextName() {
    var lost = worker(1, 2, 0, 3, ended(How.LOST, 0));

    assertThat(plan(workers(ready(0), lost), 2, 100, 7).create())
        .containsExactly(new NewWorker(1, 3, 0, true));
  }

  @Test
  void aWorkerWhosePodIsBeingDeletedIsReplacedBeforeItIsGone() {
    var stopping = worker(0, 0, 0, 0, new WorkerState.Stopping());

    assertThat(plan(workers(stopping), 1, 100, 0).create())
        .containsExactly(new NewWorker(0, 1, 0, true));
  }

  @Test
  void lossesWithoutProgressAreReplacedSlowerAndSlower() {
    var third = worker(0, 2, 2, 5, ended(How.LOST, 0));

    var plan = plan(workers(third), 1, 100, 5);

    assertThat(plan.create()).isEmpty();
    assertThat(plan.again()).contains(Duration.ofSeconds(2));
    assertThat(Pool.plan(workers(third), 1, 100, 5, NOW.plusSeconds(2)).create())
        .containsExactly(new NewWorker(0, 3, 3, true));
  }

  @Test
  void anyProgressStartsTheCountAnew() {
    var third = worker(0, 2, 2, 5, ended(How.LOST, 0));

    assertThat(plan(workers(third), 1, 100, 6).create())
        .containsExactly(new NewWorker(0, 3, 0, true));
  }

  @Test
  void podsThatSomeoneTakesAwayAreReplacedAtOnceHoweverOften() {
    var taken = worker(0, 9, 0, 5, ended(How.DISRUPTED, 0));

    assertThat(plan(workers(taken), 1, 100, 5).create())
        .containsExactly(new NewWorker(0, 10, 0, true));
    assertThat(Pool.isHopeless(workers(taken), 5)).isFalse();
  }

  @Test
  void tenLossesWithoutProgressAreHopeless() {
    assertThat(Pool.isHopeless(workers(worker(0, 8, 8, 5, ended(How.LOST, 0))), 5)).isFalse();
    assertThat(Pool.isHopeless(workers(worker(0, 9, 9, 5, ended(How.LOST, 0))), 5)).isTrue();
  }

  @Test
  void threeHandlersThatCannotBeConstructedAreHopelessBeforeAnyProgress() {
    var broken = workers(worker(0, 2, 2, 0, ended(How.HANDLER_BROKEN, 0)));
    var brokenLater = workers(worker(0, 2, 2, 1, ended(How.HANDLER_BROKEN, 0)));

    assertThat(Pool.isHopeless(broken, 0)).isTrue();
    assertThat(Pool.isHopeless(brokenLater, 1)).isFalse();
  }

  @Test
  void lossesOfAllWorkersCountTogether() {
    var two =
        workers(
            worker(0, 1, 1, 0, ended(How.HANDLER_BROKEN, 0)),
            worker(1, 0, 0, 0, ended(How.HANDLER_BROKEN, 0)));

    assertThat(Pool.fruitless(two, 0)).isEqualTo(3);
  }

  @Test
  void fewerWorkersThanBeforeTakesTheLastOnesAway() {
    assertThat(plan(workers(ready(0), ready(1), ready(2)), 1, 100, 0).delete())
        .containsExactly("job-1-0", "job-2-0");
  }

  @Test
  void aSuspendedJobHasNone() {
    assertThat(plan(workers(ready(0), ready(1)), 0, 100, 0).delete())
        .containsExactly("job-0-0", "job-1-0");
  }

  @Test
  void ofEndedJobsTheLatestStayForTheirLogs() {
    var plan =
        plan(
            workers(
                worker(0, 0, 0, 0, ended(How.LOST, 60)),
                worker(0, 1, 0, 1, ended(How.LOST, 30)),
                worker(0, 2, 0, 2, new WorkerState.Ready())),
            1,
            100,
            3);

    assertThat(plan.delete()).containsExactly("job-0-0");
  }

  @Test
  void aContainerThatOutlivesItsReplacedWorkerIsTakenAway() {
    var broken = new Worker("job-0-0", 0, 0, 0, 0, ended(How.HANDLER_BROKEN, 0), true);
    var next = worker(0, 1, 1, 0, new WorkerState.Ready());

    assertThat(plan(workers(broken, next), 1, 100, 0).delete()).containsExactly("job-0-0");
  }
}
