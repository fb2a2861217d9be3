package dev.batchapi.operator.job.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.decide.WorkerPlan.NewWorker;
import dev.batchapi.operator.job.observe.Trouble;
import dev.batchapi.operator.job.observe.WorkerJob;
import dev.batchapi.operator.job.observe.WorkerJob.InARow;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.job.observe.WorkerState.How;
import dev.batchapi.operator.job.observe.Workers;
import dev.batchapi.operator.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WorkerPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static WorkerJob worker(
      int slot, int attempt, int losses, int progress, WorkerState state) {
    return worker(slot, attempt, new InARow(losses, 0), progress, state);
  }

  private static WorkerJob worker(
      int slot, int attempt, InARow before, int progress, WorkerState state) {
    return new WorkerJob(
        "job-%d-%d".formatted(slot, attempt),
        slot,
        attempt,
        before,
        progress,
        NOW.minusSeconds(2),
        state,
        false);
  }

  private static WorkerJob ready(int slot) {
    return worker(slot, 0, 0, 0, new WorkerState.Ready());
  }

  private static WorkerJob broken(int slot, int losses) {
    return worker(slot, losses, losses, 0, ended(How.HANDLER_BROKEN, 0));
  }

  private static WorkerState ended(How how, int secondsAgo) {
    return new WorkerState.Ended(how, "last words", NOW.minusSeconds(secondsAgo));
  }

  private static WorkerState inTrouble() {
    return new WorkerState.Pending(
        Optional.of(new Trouble(Reason.Unschedulable, "0/1 nodes")), false);
  }

  private static Workers workers(WorkerJob... all) {
    return new Workers(List.of(all), Optional.empty());
  }

  private static WorkerPlan.Plan plan(Workers workers, int allowed, int useful, int progress) {
    return new WorkerPlan(workers, allowed, useful, progress).plan(NOW);
  }

  private static NewWorker next(int slot, int attempt, int losses) {
    return new NewWorker(slot, attempt, new InARow(losses, 0), true);
  }

  private static boolean isHopeless(int allowed, int progress, WorkerJob... all) {
    return new WorkerPlan(workers(all), allowed, 1_000, progress).hopeless().isPresent();
  }

  @Test
  void aNewJobGetsAsManyWorkersAsItAsksFor() {
    assertThat(plan(workers(), 3, 100, 0).create())
        .containsExactly(
            new NewWorker(0, 0, InARow.NONE, false),
            new NewWorker(1, 0, InARow.NONE, false),
            new NewWorker(2, 0, InARow.NONE, false));
  }

  @Test
  void butNoMoreThanThereAreBatches() {
    assertThat(plan(workers(), 8, 2, 0).create()).hasSize(2);
  }

  @Test
  void whoIsThereStays() {
    assertThat(plan(workers(ready(0), ready(1)), 2, 100, 5)).isEqualTo(WorkerPlan.Plan.NOTHING);
  }

  @Test
  void aLostWorkerIsReplacedAtOnceUnderTheNextName() {
    var lost = worker(1, 2, 0, 3, ended(How.LOST, 0));

    assertThat(plan(workers(ready(0), lost), 2, 100, 7).create()).containsExactly(next(1, 3, 0));
  }

  @Test
  void aWorkerWhosePodIsBeingDeletedIsReplacedBeforeItIsGone() {
    var stopping = worker(0, 0, 0, 0, new WorkerState.Stopping());

    assertThat(plan(workers(stopping), 1, 100, 0).create())
        .containsExactly(new NewWorker(0, 1, new InARow(0, 1), true));
  }

  @Test
  void lossesWithoutProgressAreReplacedSlowerAndSlower() {
    var third = worker(0, 2, 2, 5, ended(How.LOST, 0));

    var plan = plan(workers(third), 1, 100, 5);

    assertThat(plan.create()).isEmpty();
    assertThat(plan.again()).contains(Duration.ofSeconds(2));
    assertThat(new WorkerPlan(workers(third), 1, 100, 5).plan(NOW.plusSeconds(2)).create())
        .containsExactly(next(0, 3, 3));
  }

  @Test
  void anyProgressStartsTheCountAnew() {
    var third = worker(0, 2, 2, 5, ended(How.LOST, 0));

    assertThat(plan(workers(third), 1, 100, 6).create()).containsExactly(next(0, 3, 0));
  }

  @Test
  void othersProgressDoesNotHurryAPlaceWhereNothingEverStarts() {
    var third = worker(1, 2, 2, 5, ended(How.NEVER_STARTED, 0));

    var plan = plan(workers(ready(0), third), 2, 100, 60);

    assertThat(plan.create()).isEmpty();
    assertThat(plan.again()).contains(Duration.ofSeconds(2));
  }

  @Test
  void podsThatSomeoneTakesAwayCountForNothingHoweverOften() {
    var taken = worker(0, 29, new InARow(0, 29), 5, ended(How.DISRUPTED, 0));

    assertThat(isHopeless(1, 5, taken)).isFalse();
  }

  @Test
  void oneThatIsTakenAwayIsReplacedAtOnceAndOneThatIsTakenAwayAllTheTimeSlower() {
    var once = worker(0, 0, InARow.NONE, 5, ended(How.DISRUPTED, 0));
    assertThat(plan(workers(once), 1, 100, 5).create())
        .containsExactly(new NewWorker(0, 1, new InARow(0, 1), true));

    // It was made two seconds ago, and is to live for eight at the least.
    var fifth = worker(0, 4, new InARow(0, 4), 5, ended(How.DISRUPTED, 0));
    var plan = plan(workers(fifth), 1, 100, 5);
    assertThat(plan.create()).isEmpty();
    assertThat(plan.again()).contains(Duration.ofSeconds(6));
  }

  @Test
  void tenLossesInARowOfTheOnlyWorkerAreHopeless() {
    assertThat(isHopeless(1, 5, worker(0, 8, 8, 5, ended(How.LOST, 0)))).isFalse();
    assertThat(isHopeless(1, 5, worker(0, 9, 9, 5, ended(How.LOST, 0)))).isTrue();
  }

  @Test
  void threeHandlersInARowThatCannotBeConstructedAreHopelessBeforeAnyProgress() {
    assertThat(isHopeless(1, 0, broken(0, 1))).isFalse();
    assertThat(isHopeless(1, 0, broken(0, 2))).isTrue();
    assertThat(isHopeless(1, 1, worker(0, 2, 2, 1, ended(How.HANDLER_BROKEN, 0)))).isFalse();
  }

  @Test
  void aHundredConstructorsThatFailTogetherAreOneRound() {
    var first = IntStream.range(0, 100).mapToObj(i -> broken(i, 0)).toArray(WorkerJob[]::new);
    var third = IntStream.range(0, 100).mapToObj(i -> broken(i, 2)).toArray(WorkerJob[]::new);

    assertThat(isHopeless(100, 0, first)).isFalse();
    assertThat(isHopeless(100, 0, third)).isTrue();
  }

  @Test
  void someConstructorsOfManyEndNoJobInWhichOthersAreReady() {
    var workers = new ArrayList<WorkerJob>();
    IntStream.range(0, 97).forEach(slot -> workers.add(ready(slot)));
    IntStream.range(97, 100).forEach(slot -> workers.add(broken(slot, 20)));

    assertThat(isHopeless(100, 0, workers.toArray(WorkerJob[]::new))).isFalse();
  }

  @Test
  void aNodeThatIsRebootedEndsNoJob() {
    var workers = new ArrayList<WorkerJob>();
    IntStream.range(0, 90).forEach(slot -> workers.add(ready(slot)));
    IntStream.range(90, 100)
        .forEach(slot -> workers.add(worker(slot, 0, 0, 0, ended(How.LOST, 0))));

    assertThat(isHopeless(100, 0, workers.toArray(WorkerJob[]::new))).isFalse();
    assertThat(plan(workers(workers.toArray(WorkerJob[]::new)), 100, 1_000, 0).create())
        .hasSize(10);
  }

  @Test
  void aWorkerOnItsWayForTheFirstTimesIsAFairChance() {
    assertThat(isHopeless(2, 0, broken(0, 5), worker(1, 2, 2, 0, new WorkerState.Starting())))
        .isFalse();
    assertThat(
            isHopeless(
                2, 0, broken(0, 5), broken(1, 2), worker(1, 3, 3, 0, new WorkerState.Starting())))
        .isTrue();
  }

  @Test
  void aWorkerThatCannotBeScheduledIsNone() {
    assertThat(isHopeless(2, 0, broken(0, 2), worker(1, 0, 0, 0, inTrouble()))).isTrue();
    assertThat(isHopeless(1, 0, worker(0, 0, 0, 0, inTrouble()))).isFalse();
  }

  @Test
  void aPlaceThatLosesEveryWorkerLeavesTheLastBatchToAnother() {
    var spent = worker(0, 12, 12, 40, ended(How.HANDLER_BROKEN, 0));
    var lost = worker(1, 0, 0, 50, ended(How.LOST, 0));

    assertThat(plan(workers(spent, lost), 2, 1, 50).create()).containsExactly(next(1, 1, 1));
    assertThat(new WorkerPlan(workers(spent, lost), 2, 1, 50).hopeless()).isEmpty();
  }

  @Test
  void aJobOfOneBatchTriesNoMoreThanOnePlace() {
    assertThat(new WorkerPlan(workers(broken(0, 2)), 100, 1, 0).hopeless()).isPresent();
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
    var next = worker(0, 1, 1, 0, new WorkerState.Ready());

    assertThat(plan(workers(lingering(How.HANDLER_BROKEN, 0), next), 1, 100, 0).delete())
        .containsExactly("job-0-0");
    assertThat(plan(workers(lingering(How.LOST, 0), next), 1, 100, 0))
        .isEqualTo(new WorkerPlan.Plan(List.of(), List.of(), Optional.of(Duration.ofSeconds(30))));
    assertThat(plan(workers(lingering(How.LOST, 31), next), 1, 100, 0).delete())
        .containsExactly("job-0-0");
  }

  @Test
  void soIsOneWhoseWorkerIsNotReplaced() {
    var plan = plan(workers(lingering(How.DONE, 31), ready(1)), 2, 1, 0);

    assertThat(plan)
        .isEqualTo(new WorkerPlan.Plan(List.of(), List.of("job-0-0"), Optional.empty()));
  }

  @Test
  void oneWhoseWorkerIsStillToBeReplacedStaysUntilThen() {
    var seventh =
        new WorkerJob(
            "job-0-7", 0, 7, new InARow(7, 0), 0, NOW.minusSeconds(99), ended(How.LOST, 31), true);

    var plan = plan(workers(seventh), 1, 100, 0);

    assertThat(plan.delete()).isEmpty();
    assertThat(plan.again()).contains(Duration.ofSeconds(29));
  }

  private static WorkerJob lingering(How how, int secondsAgo) {
    return new WorkerJob(
        "job-0-0", 0, 0, InARow.NONE, 0, NOW.minusSeconds(99), ended(how, secondsAgo), true);
  }
}
