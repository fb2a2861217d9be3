package dev.batchapi.operator.job.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.job.program.SmallApiServer;
import dev.batchapi.operator.job.program.WrittenRecords;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramJobs;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.SaidProgress;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of a splitter's end, with its records in a map. */
class SplittingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");
  private static final ProgramPlan PLAN =
      new ProgramPlan(
          Program.SPLITTER,
          new JobId("vision", "monday", "uid"),
          "tagger",
          "image:1",
          "{\"files\":{\"paths\":[\"s3://b/*\"]},\"folders\":[],\"batchSize\":1}",
          "digest",
          null,
          null,
          "nats://nats:4222",
          Map.of());

  private static final ProgramPlan GIVES_BACK =
      PLAN.told(
          SplitArguments.toGiveBack(
                  List.of(),
                  new SplitArguments.Output(
                      "s3://b/out/", new Manifest.Job("vision", "monday", "uid", "tagger"), null))
              .toJson());

  private final WrittenRecords queue = new WrittenRecords();
  private final Map<String, byte[]> records = queue.split;
  private final Map<Integer, SaidProgress> progress = queue.progress;
  private final Map<String, String> refusals = new HashMap<>();
  private final JobMemory memory = new JobMemory();
  private final Splitting splitting =
      new Splitting(
          queue,
          Duration.ofHours(1),
          new StartTroubles(System::nanoTime),
          Clock.fixed(NOW, ZoneOffset.UTC));

  /** As it is in the cache. */
  private static Job job(ProgramPlan plan, int attempt, int fruitless) {
    var whole =
        new JobBuilder(ProgramJobs.of(plan, attempt, fruitless))
            .editMetadata()
            .withUid("uid-of-it")
            .withCreationTimestamp("2026-01-01T07:00:00Z")
            .endMetadata()
            .build();
    var cache = new Trimmed.Jobs();
    cache.put("it", whole);
    return Objects.requireNonNull(cache.get("it"));
  }

  private static Pod ended(int code, String words) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .addToLabels(Labels.JOB_UID, "uid")
        .addNewOwnerReference()
        .withUid("uid-of-it")
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("splitter")
        .withNewState()
        .withNewTerminated()
        .withExitCode(code)
        .withMessage(words)
        .withFinishedAt(NOW.toString())
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  /** With a client of an API server that is not there: none of these may ask it. */
  private SplitResult next(Job job, Pod pod) {
    return next("http://127.0.0.1:1", List.of(job), pod);
  }

  private static Job withUid(String uid, Job job) {
    return new JobBuilder(job).editMetadata().withUid(uid).endMetadata().build();
  }

  private SplitResult next(String url, List<Job> jobs, Pod pod) {
    var nowhere = new ConfigBuilder().withMasterUrl(url).build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(nowhere).build()) {
      return splitting.next(PLAN, new Children(jobs, List.of(pod), client));
    }
  }

  private void writes(int attempt, SplitEnd end) {
    records.put(attempt + ".end", end.toJson());
  }

  private static SplitEnd good() {
    return new SplitEnd("digest", 1, 2, 3, 1, List.of(new SplitEnd.Chunk(0, "aa")), null);
  }

  @Test
  void aStoreOrQueueThatIsAwayIsWaitedForHoweverLong() {
    assertThat(next(job(PLAN, 500, 9), ended(10, "The queue has no room.")))
        .isInstanceOfSatisfying(
            SplitResult.Underway.class,
            underway -> {
              assertThat(underway.reason()).isEqualTo(Reason.StorageUnavailable);
              assertThat(underway.message()).contains("The queue has no room.");
            });
  }

  /** Each one's start looked as if the store were back, with an Event for every try. */
  @Test
  void aStoreThatIsAwayStaysSoWhileTheNextOneHasGotNothingDone() throws IOException {
    var jobs = List.of(job(PLAN, 3, 0), withUid("other", job(PLAN, 4, 0)));
    var away = ended(10, "The store is away.");
    assertThat(look(jobs, away)).isEqualTo(next(job(PLAN, 3, 0), away));
    records.put("4.0", new byte[0]);
    assertThat(look(jobs, away).reason()).isEqualTo(Reason.Splitting);
  }

  private static Pod splitter(ContainerState state) {
    return new PodBuilder(ended(0, ""))
        .withNewStatus()
        .addNewContainerStatus()
        .withName("splitter")
        .withImage("image:1")
        .withState(state)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static Pod running() {
    return splitter(new ContainerStateBuilder().withNewRunning().endRunning().build());
  }

  private void says(int attempt, SplitProgress progress) {
    this.progress.put(attempt, new SaidProgress(progress.toJson(), NOW));
  }

  /** Of a job that is being split. */
  private SplitResult.Underway look(List<Job> jobs, Pod pod) throws IOException {
    try (var api = new SmallApiServer()) {
      refusals.forEach(api::refuses);
      return (SplitResult.Underway)
          splitting.next(PLAN, new Children(jobs, List.of(pod), api.client()));
    }
  }

  @Test
  void howFarItIsIsSaidInItsOwnNumbers() throws IOException {
    var jobs = List.of(job(PLAN, 0, 0));
    assertThat(look(jobs, running()).percent()).isNull();

    says(0, SplitProgress.listing(1_200));
    assertThat(look(jobs, running()))
        .isEqualTo(
            new SplitResult.Underway(
                Reason.Splitting, "The files are being found: 1,200 so far.", null));

    says(0, new SplitProgress(40, 2L << 30, 3, 1L << 30, 100_000, 1_000));
    assertThat(look(jobs, running()))
        .isEqualTo(
            new SplitResult.Underway(
                Reason.Splitting,
                "The files are being read: 3 of 40, 1.0 GiB of 2.0 GiB, with 100,000 items in 1,000 batches so far.",
                50));
  }

  @Test
  void oneThatWasMadeAgainSaysSoAndTakesOverNoNumbers() throws IOException {
    says(3, new SplitProgress(40, 100, 39, 99, 9, 9));
    var jobs = List.of(job(PLAN, 3, 1), withUid("other", job(PLAN, 4, 2)));
    var killed = ended(137, "OOMKilled");

    assertThat(look(jobs, killed).message()).isEqualTo("The files are being found and read.");
    says(4, new SplitProgress(40, 100, 0, 7, 9, 9));
    var now = look(jobs, killed);
    assertThat(now.percent()).isEqualTo(7);
    assertThat(now.message()).endsWith("It began again: splitter 3 ended, and said: OOMKilled");
  }

  /** Whoever has its credentials can say it. */
  @Test
  void whatMakesNoSenseIsNotSaid() throws IOException {
    var jobs = List.of(job(PLAN, 0, 0));
    for (var nonsense :
        List.of(
            new SplitProgress(2, 10, 3, 1, 1, 1),
            new SplitProgress(2, 10, 1, 11, 1, 1),
            new SplitProgress(2, 10, -1, 1, 1, 1))) {
      says(0, nonsense);
      assertThat(look(jobs, running()).message()).isEqualTo("The files are being found and read.");
    }
    for (var garbage : List.of("{", "", "null", "[]", "7", "{\"batches\":1e400}")) {
      progress.put(0, new SaidProgress(garbage.getBytes(UTF_8), NOW));
      assertThat(look(jobs, running()).message()).isEqualTo("The files are being found and read.");
    }
  }

  @Test
  void whatKeepsItsPodFromBeingMadeIsTheReasonInTheApiServersWords() throws IOException {
    refusals.put(
        "uid-of-it",
        "pods \"p\" is forbidden: error looking up service account vision/tagger: serviceaccount \"tagger\" not found");

    assertThat(look(List.of(job(PLAN, 0, 0)), ofAnother()))
        .satisfies(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.PodRefused);
              assertThat(trouble.message())
                  .contains("serviceaccount \"tagger\" not found", "storage.serviceAccountName");
            });

    refusals.put("uid-of-it", "pods is forbidden: exceeded quota: none, used: pods=1");
    assertThat(look(List.of(withUid("other", job(PLAN, 1, 0))), ofAnother()).reason())
        .isEqualTo(Reason.Splitting);
  }

  private static Pod ofAnother() {
    return new PodBuilder(running()).editMetadata().withOwnerReferences().endMetadata().build();
  }

  @Test
  void whatKeepsItsContainerFromStartingIsTheReason() throws IOException {
    var jobs = List.of(job(PLAN, 0, 0));
    var image =
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason("ImagePullBackOff")
            .withMessage("Back-off pulling image")
            .endWaiting()
            .build();
    var secret =
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason("CreateContainerConfigError")
            .withMessage("secret \"photos-store\" not found")
            .endWaiting()
            .build();

    assertThat(look(jobs, splitter(image)))
        .satisfies(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.ImagePullFailed);
              assertThat(trouble.message()).contains("image:1", "Back-off pulling image");
            });
    assertThat(look(jobs, splitter(secret)))
        .satisfies(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.ContainerConfigInvalid);
              assertThat(trouble.message()).contains("secret \"photos-store\" not found");
            });
  }

  @Test
  void tenThatEndForNothingEndTheJobAndItsInputIsNotBlamed() {
    assertThat(next(job(PLAN, 500, 8), ended(137, "x"))).isInstanceOf(SplitResult.Underway.class);
    assertThat(next(job(PLAN, 500, 9), ended(137, "y".repeat(4000))))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class,
            bad -> {
              assertThat(bad.reason()).isEqualTo(Reason.SplittingFailed);
              assertThat(bad.message()).contains("10 splitters").hasSizeLessThan(1500);
            });
  }

  @Test
  void itIsDoneWhenAllThatItsEndNamesIsThere() {
    writes(3, good());
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Underway.class);
    records.put("3.0", new byte[0]);
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Done.class);
    records.put("3.x", new byte[0]);
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Underway.class);
  }

  /** A splitter could say less of it than there is. */
  @Test
  void whatTheQueueKeepsOfItIsSeenInTheQueue() {
    var chunks = List.of(new SplitEnd.Chunk(0, "aa"), new SplitEnd.Chunk(5, "bb"));
    writes(0, new SplitEnd("digest", 1, 2, 9, 9, chunks, null));
    records.put("0.0", new byte[500_000]);
    records.put("0.1", new byte[700]);

    var done = (SplitResult.Done) next(job(PLAN, 0, 0), ended(0, ""));

    assertThat(done.split().kept()).isEqualTo(512 * 1024 + 700);
  }

  @Test
  void whatIsDoneIsNotDoneAgainWithAnotherImage() {
    writes(0, good());
    records.put("0.0", new byte[0]);
    var other =
        new ProgramPlan(
            Program.SPLITTER,
            PLAN.job(),
            PLAN.api(),
            "image:0",
            PLAN.arguments(),
            PLAN.digest(),
            null,
            null,
            PLAN.natsUrl(),
            PLAN.resources());
    assertThat(next(job(other, 0, 0), ended(0, ""))).isInstanceOf(SplitResult.Done.class);
  }

  @Test
  void whatIsWrongWithTheInputIsSaidShortly() {
    writes(0, SplitEnd.failed("digest", "z".repeat(100_000)));
    assertThat(next(job(PLAN, 0, 0), ended(0, "")))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class,
            bad -> {
              assertThat(bad.reason()).isEqualTo(Reason.InputInvalid);
              assertThat(bad.message().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(1024);
            });
  }

  /** Whoever has the credentials could fill the queue under any attempt's number. */
  @Test
  void moreRecordsThanSplittersWriteEndTheJobAndTheCredentials() {
    for (var i = 0; i <= Splitting.MOST_RECORDS; i++) {
      records.put(1000 + i + ".x", new byte[0]);
    }
    assertThat(next(job(PLAN, 0, 0), ended(137, "")))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class, bad -> assertThat(bad.reason()).isEqualTo(Reason.QueueMisused));
    assertThat(queue.revoked).containsExactly(NOW);
  }

  private SplitResult leave(List<Job> jobs) throws IOException {
    return leave(jobs, ended(0, ""));
  }

  private SplitResult leave(List<Job> jobs, Pod pod) throws IOException {
    try (var api = new SmallApiServer()) {
      return splitting.leave(PLAN, new Children(jobs, List.of(pod), api.client()));
    }
  }

  @Test
  void aFolderIsGivenBackWhateverIsSaidOfHowFarThatIs() throws IOException {
    progress.put(0, new SaidProgress("null".getBytes(UTF_8), NOW));
    assertThat(leave(List.of(job(PLAN, 0, 0)), running())).isInstanceOf(SplitResult.Underway.class);
    writes(0, good());
    records.put("0.0", new byte[0]);
    assertThat(leave(List.of(job(PLAN, 0, 0)), running())).isInstanceOf(SplitResult.Done.class);
  }

  /** It could take the folder behind the back of the one that gives it back. */
  @Test
  void aFolderIsGivenBackWhenNoOtherSplitterOfTheJobRuns() throws IOException {
    writes(0, new SplitEnd("digest", 1, 2, 3, 1, List.of(new SplitEnd.Chunk(0, "aa")), null));
    records.put("0.0", new byte[0]);

    assertThat(leave(List.of(ofAnotherPlan(0)))).isInstanceOf(SplitResult.Underway.class);
    assertThat(leave(List.of(job(PLAN, 0, 0)))).isInstanceOf(SplitResult.Done.class);
  }

  /** The job is looked at anew: it was corrected, or another operator goes on. */
  @Test
  void aFolderIsTakenWhenTheOneThatGivesItBackIsGone() throws IOException {
    var givesBack = told("{\"folders\":[],\"batchSize\":1,\"giveBack\":true}");
    try (var api = new SmallApiServer()) {
      splitting.next(givesBack, new Children(List.of(), List.of(), api.client()));
      assertThat(api.requests())
          .anyMatch(asked -> asked.startsWith("POST ") && asked.contains(Labels.FREES_FOLDER));
    }
    try (var api = new SmallApiServer()) {
      var its = job(givesBack, 0, 0);
      its.getMetadata().getAnnotations().put(Labels.FREES_FOLDER, "true");
      var beside = new Children(List.of(its), List.of(), api.client());
      assertThat(splitting.next(PLAN, beside)).isInstanceOf(SplitResult.Underway.class);
      assertThat(api.requests())
          .as("ended, and none is made")
          .singleElement()
          .asString()
          .startsWith("DELETE ")
          .contains("Foreground");

      var gone = new Children(List.of(), List.of(), api.client());
      assertThat(splitting.next(PLAN, gone)).isInstanceOf(SplitResult.Underway.class);
      assertThat(api.requests())
          .anyMatch(asked -> asked.startsWith("POST ") && asked.contains("-split-0"));
    }
  }

  private static ProgramPlan told(String arguments) {
    return new ProgramPlan(
        Program.SPLITTER,
        PLAN.job(),
        PLAN.api(),
        PLAN.image(),
        arguments,
        "another digest",
        null,
        null,
        PLAN.natsUrl(),
        PLAN.resources());
  }

  private static Pod lost() {
    return new PodBuilder(running())
        .editStatus()
        .editFirstContainerStatus()
        .withReady(true)
        .endContainerStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus("False")
        .withLastTransitionTime("2026-01-01T07:50:00Z")
        .endCondition()
        .endStatus()
        .build();
  }

  /** Nine others had their node taken away before it, and it may still do what is asked for. */
  @Test
  void oneOnANodeThatDoesNotAnswerStaysWhenNoOtherOneCanBeMade() throws IOException {
    try (var api = new SmallApiServer()) {
      api.isFull();
      var children = new Children(List.of(job(PLAN, 9, 9)), List.of(lost()), api.client());
      assertThatThrownBy(() -> splitting.next(PLAN, children))
          .isInstanceOf(KubernetesClientException.class);
      assertThat(api.requests()).noneMatch(asked -> asked.startsWith("DELETE "));
    }
  }

  /** Else the next one has its number while it still writes. */
  @Test
  void oneThatIsAskedForSomethingElseKeepsItsNumberUntilItsPodIsGone() throws IOException {
    try (var api = new SmallApiServer()) {
      api.isFull();
      var before = told("{\"folders\":[],\"batchSize\":2}");
      var beside = new Children(List.of(job(before, 0, 0)), List.of(running()), api.client());
      assertThatThrownBy(() -> splitting.next(PLAN, beside))
          .isInstanceOf(KubernetesClientException.class);
      assertThat(api.requests())
          .filteredOn(asked -> asked.startsWith("DELETE "))
          .singleElement()
          .asString()
          .contains("Foreground");
    }
  }

  /** It is drained, preempted, or deleted by somebody: that says nothing of the job's files. */
  @Test
  void oneWhosePodIsTakenAwayIsMadeAgainHoweverOften() throws IOException {
    var away =
        new PodBuilder(ended(143, "Told to stop."))
            .editMetadata()
            .withDeletionTimestamp(NOW.toString())
            .endMetadata()
            .build();
    assertThat(next(job(PLAN, 12, 9), away))
        .isInstanceOfSatisfying(
            SplitResult.Underway.class,
            underway -> assertThat(underway.message()).contains("splitter 12 ended"));
    try (var api = new SmallApiServer()) {
      var its = failed(job(PLAN, 0, 9));
      var children = new Children(List.of(its), List.of(), api.client());
      assertThat(splitting.next(PLAN, children)).isInstanceOf(SplitResult.Underway.class);
      assertMade(api, "monday-split-1");
    }
  }

  /** What ends may be cleaned up within the pause after it. */
  @Test
  void anOwnFaultStaysOneThoughItsPodOrItsJobIsRemovedAfterwards() throws IOException {
    var pod = ended(1, "Broken.");
    assertThat(next(job(PLAN, 3, 3), pod)).isInstanceOf(SplitResult.Underway.class);
    try (var api = new SmallApiServer()) {
      var gone = new Children(List.of(), List.of(), api.client());
      assertThat(splitting.next(PLAN, gone)).isInstanceOf(SplitResult.Underway.class);
      assertMade(api, "monday-split-0");
      assertThat(api.requests())
          .anyMatch(asked -> asked.contains("\"batchapi.dev/fruitless\":\"4\""));
    }

    var last = withUid("last", job(PLAN, 4, 9));
    var its =
        new PodBuilder(pod)
            .editMetadata()
            .withOwnerReferences(new OwnerReferenceBuilder().withUid("last").build())
            .endMetadata()
            .build();
    assertThat(next(last, its)).isInstanceOf(SplitResult.Bad.class);
    try (var api = new SmallApiServer()) {
      for (var jobs : List.of(List.of(failed(last)), List.<Job>of())) {
        assertThat(splitting.next(PLAN, new Children(jobs, List.of(), api.client())))
            .isInstanceOfSatisfying(
                SplitResult.Bad.class, bad -> assertThat(bad.message()).contains("Broken."));
      }
      assertThat(api.requests()).isEmpty();

      splitting.forgetGone("uid");
      splitting.next(PLAN, new Children(List.of(), List.of(), api.client()));
      assertMade(api, "monday-split-0");
    }
  }

  /** As for the namespace's share, or for its BatchAPI: its pod may start after hours. */
  @Test
  void credentialsAreRenewedWhileTheJobWaitsForSomethingElse() throws IOException {
    var now = new AtomicReference<>(NOW);
    var later =
        new Splitting(
            queue,
            Duration.ofHours(1),
            new StartTroubles(System::nanoTime),
            new Clock() {
              @Override
              public Instant instant() {
                return now.get();
              }

              @Override
              public ZoneId getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(ZoneId zone) {
                return this;
              }
            });
    try (var api = new SmallApiServer()) {
      var job = new JobId("vision", "monday", "uid");
      var none = new Children(List.of(), List.of(), api.client());
      later.keep(job, "tagger", none);
      later.keep(
          job, "tagger", new Children(List.of(failed(job(PLAN, 0, 0))), List.of(), api.client()));
      assertThat(api.requests()).isEmpty();

      later.next(PLAN, none);
      var its = new Children(List.of(job(PLAN, 0, 0)), List.of(), api.client());
      for (var minute = 0; minute <= 120; minute += 5) {
        now.set(NOW.plus(Duration.ofMinutes(minute)));
        later.keep(job, "tagger", its);
      }
      assertThat(api.requests())
          .filteredOn(asked -> asked.startsWith("PATCH ") && asked.contains("/secrets/"))
          .hasSize(5)
          .last()
          .asString()
          .contains("2026-01-01T11:00:00Z");
    }
  }

  @Test
  void oneOnANodeThatDoesNotAnswerIsToEndAndTheNextOneIsMade() throws IOException {
    try (var api = new SmallApiServer()) {
      var children = new Children(List.of(job(PLAN, 0, 0)), List.of(lost()), api.client());
      assertThat(splitting.next(PLAN, children)).isInstanceOf(SplitResult.Underway.class);
      assertThat(api.requests())
          .anyMatch(asked -> asked.startsWith("DELETE ") && asked.contains("Foreground"));
      assertMade(api, "monday-split-1");
    }
  }

  private static final String OTHERS = "/apis/batchapi.dev/v1alpha1/namespaces/team/batchjobs/old";
  private static final String PODS = "/api/v1/namespaces/team/pods";

  private static String podList(String pods) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"items\":[%s]}".formatted(pods);
  }

  private static String batchJob(String uid) {
    return "{\"apiVersion\":\"batchapi.dev/v1alpha1\",\"kind\":\"BatchJob\",\"metadata\":{\"name\":\"old\",\"namespace\":\"team\",\"uid\":\"%s\"}}"
        .formatted(uid);
  }

  /** The folder is another job's, as a splitter of the job with this uid says. */
  private void isTaken(OutputFolder.Owner by) {
    writes(0, SplitEnd.taken("digest", by, "It is taken."));
  }

  private static OutputFolder.Owner old(String name) {
    return new OutputFolder.Owner("team", name, "gone-uid", "tagger", "cluster");
  }

  private SplitResult taken(SmallApiServer api) {
    var plan =
        new ProgramPlan(
            Program.SPLITTER,
            PLAN.job(),
            PLAN.api(),
            PLAN.image(),
            "{\"folders\":[],\"batchSize\":1,\"output\":{\"folder\":\"s3://b/o/\",\"job\":{\"name\":\"monday\"},\"cluster\":\"cluster\"}}",
            PLAN.digest(),
            null,
            null,
            PLAN.natsUrl(),
            PLAN.resources());
    return splitters(api, job(plan, 0, 0)).next(plan);
  }

  @Test
  void theFolderOfAJobThatIsThereIsThatJobs() throws IOException {
    isTaken(old("old"));
    try (var api = new SmallApiServer()) {
      api.has(OTHERS, batchJob("gone-uid"));
      assertThat(taken(api))
          .isInstanceOfSatisfying(
              SplitResult.Bad.class,
              bad -> {
                assertThat(bad.reason()).isEqualTo(Reason.OutputExists);
                assertThat(bad.message()).isEqualTo("It is taken.");
                assertThat(bad.left()).isTrue();
              });
    }
  }

  @Test
  void theFolderOfAJobThatIsGoneIsTakenOverWhenNoneOfItsPodsIsLeft() throws IOException {
    isTaken(old("old"));
    try (var api = new SmallApiServer()) {
      api.has(OTHERS, batchJob("of the next one of its name"));
      api.has(PODS, podList("{\"metadata\":{\"name\":\"old-0-0-abcde\"}}"));
      assertThat(taken(api))
          .isInstanceOfSatisfying(
              SplitResult.Underway.class,
              underway -> {
                assertThat(underway.reason()).isEqualTo(Reason.CheckingOutput);
                assertThat(underway.message())
                    .contains("\"old\" in namespace \"team\", which was deleted", "no pod");
              });
      assertThat(memory.takesOverFrom).isNull();

      api.has(PODS, podList(""));
      assertThat(taken(api)).isInstanceOf(SplitResult.Underway.class);
      assertThat(taken(api)).isInstanceOf(SplitResult.Underway.class);
      assertThat(api.requests())
          .anySatisfy(
              request ->
                  assertThat(request)
                      .startsWith("POST /apis/batch/v1/namespaces/vision/jobs ")
                      .contains("\"monday-split-1\"", "gone-uid", Labels.FREES_FOLDER));
    }
  }

  /** By whoever has the splitter's credentials. */
  @Test
  void theFolderOfAJobOfAnotherClusterIsThatJobs() throws IOException {
    for (var cluster : Arrays.asList("another", null)) {
      isTaken(new OutputFolder.Owner("team", "old", "gone-uid", "tagger", cluster));
      try (var api = new SmallApiServer()) {
        assertThat(taken(api)).isInstanceOf(SplitResult.Bad.class);
        assertThat(api.requests()).isEmpty();
      }
    }
  }

  /** Each would remove what the other has written. */
  @Test
  void aFolderIsTakenOverByOneJobAlone() throws IOException {
    isTaken(old("old"));
    try (var api = new SmallApiServer()) {
      api.has(PODS, podList(""));
      var first = GoneJobs.State.GONE;
      assertThat(splitting.gone().look("s3://b/o/", old("old"), "first", api.client()))
          .isEqualTo(first);
      assertThat(splitting.gone().look("s3://b/o/", old("old"), "first", api.client()))
          .isEqualTo(first);
      assertThat(taken(api))
          .isInstanceOfSatisfying(
              SplitResult.Bad.class,
              bad -> assertThat(bad.message()).contains("another BatchJob takes it over"));

      splitting.forgetGone("first");
      assertThat(taken(api)).isInstanceOf(SplitResult.Underway.class);
    }
  }

  /** Whoever may write to the folder has written it. */
  @Test
  void nothingIsAskedForWhatIsNoName() throws IOException {
    for (var name : List.of("../../secrets/key", "", "a?b", "Ünix")) {
      isTaken(old(name));
      try (var api = new SmallApiServer()) {
        assertThat(taken(api)).isInstanceOf(SplitResult.Bad.class);
        assertThat(api.requests()).isEmpty();
      }
    }
  }

  /** What was asked for is corrected while one tries in vain. */
  @Test
  void oneThatIsAskedForSomethingElseIsReplacedAtOnce() throws IOException {
    try (var api = new SmallApiServer()) {
      var before = told("{\"folders\":[],\"batchSize\":2}");
      var beside = new Children(List.of(job(before, 0, 0)), List.of(), api.client());
      assertThat(splitting.next(PLAN, beside)).isInstanceOf(SplitResult.Underway.class);
      assertMade(api, "monday-split-1");
    }
  }

  /** One pass over a job that was cancelled. */
  private Optional<String> cancelled(Instant now, SmallApiServer api, Job... jobs) {
    var rejection = memory.rejection;
    return splitters(api, jobs)
        .leave(
            rejection == null
                ? new JobMemory.Rejection(Reason.Cancelled, "Cancelled.", now)
                : rejection,
            Optional.empty(),
            () -> Optional.of(GIVES_BACK),
            now);
  }

  private JobSplitters splitters(SmallApiServer api, Job... jobs) {
    var children = new Children(List.of(jobs), List.of(), api.client());
    return new JobSplitters(splitting, memory, "uid", children);
  }

  private static Job ofAnotherPlan(int attempt) {
    return new JobBuilder(job(PLAN, attempt, 0))
        .editMetadata()
        .addToAnnotations(Labels.ARGUMENTS, "of another plan")
        .endMetadata()
        .build();
  }

  private static Job failed(Job job) {
    return new JobBuilder(job)
        .withNewStatus()
        .addNewCondition()
        .withType("Failed")
        .withStatus("True")
        .withLastTransitionTime(NOW.toString())
        .endCondition()
        .endStatus()
        .build();
  }

  private static void assertMade(SmallApiServer api, String name) {
    assertMade(api, name, PLAN);
  }

  private static void assertMade(SmallApiServer api, String name, ProgramPlan plan) {
    assertThat(api.requests())
        .anySatisfy(
            request ->
                assertThat(request)
                    .startsWith("POST /apis/batch/v1/namespaces/vision/jobs ")
                    .contains("\"" + name + "\"", plan.fingerprint()));
  }

  @Test
  void aFolderIsGivenBackThoughTheSplitterThatTookItWasEndedForThat() throws IOException {
    try (var api = new SmallApiServer()) {
      assertThat(cancelled(NOW, api, ofAnotherPlan(0))).isEmpty();
      assertThat(api.requests()).anyMatch(request -> request.startsWith("DELETE "));
      assertThat(cancelled(NOW, api)).isEmpty();
      assertMade(api, "monday-split-0", GIVES_BACK);

      assertThat(cancelled(NOW.plus(Duration.ofMinutes(3)), api, job(GIVES_BACK, 0, 0)))
          .hasValueSatisfying(
              end ->
                  assertThat(end).contains("s3://b/out/, could not be given back: ", "owner.json"));
    }
  }

  /** Of a job that is suspended no splitter stays. */
  @Test
  void aFolderIsGivenBackThoughTheSplitterThatTookItWasHeld() throws IOException {
    try (var api = new SmallApiServer()) {
      splitters(api, ofAnotherPlan(0)).hold();
      assertThat(cancelled(NOW, api)).isEmpty();
      assertMade(api, "monday-split-0", GIVES_BACK);
    }
  }

  /** Its Job has no completion time. */
  @Test
  void oneThatFailedDoesNotHoldUpTheOneThatGivesTheFolderBack() throws IOException {
    try (var api = new SmallApiServer()) {
      assertThat(cancelled(NOW, api, failed(ofAnotherPlan(0)))).isEmpty();
      assertMade(api, "monday-split-1", GIVES_BACK);
    }
  }

  @Test
  void aJobThatHasHadNoSplitterEndsAtOnce() throws IOException {
    try (var api = new SmallApiServer()) {
      assertThat(cancelled(NOW, api)).contains("Cancelled.");
      assertThat(api.requests()).isEmpty();
    }
  }

  private Optional<String> leaves(
      SmallApiServer api, Optional<String> named, Optional<ProgramPlan> plan, Job... jobs) {
    return splitters(api, jobs)
        .leave(
            new JobMemory.Rejection(Reason.Cancelled, "Cancelled.", NOW), named, () -> plan, NOW);
  }

  @Test
  void aFolderWhoseBatchApiIsGoneIsNamedWithTheWayOut() throws IOException {
    var takes =
        PLAN.told(
            new SplitArguments(
                    null,
                    List.of(),
                    1,
                    Objects.requireNonNull(SplitArguments.read(GIVES_BACK.arguments()).output()))
                .toJson());
    try (var api = new SmallApiServer()) {
      splitters(api).next(takes);
      assertThat(leaves(api, Optional.empty(), Optional.empty()))
          .hasValueSatisfying(
              end ->
                  assertThat(end)
                      .startsWith("Cancelled. ")
                      .contains(
                          "s3://b/out/, could not be given back, for its BatchAPI",
                          "is gone",
                          "when this BatchJob is deleted",
                          ".batches/owner.json"));
    }
  }

  /** What its splitters were told another process knew. */
  @Test
  void theFolderThatTheJobItselfNamesIsKnownToEveryProcess() throws IOException {
    try (var api = new SmallApiServer()) {
      var own = Optional.of("s3://b/monday/");
      assertThat(leaves(api, own, Optional.empty(), job(PLAN, 0, 0)))
          .hasValueSatisfying(end -> assertThat(end).contains("s3://b/monday/, could not be"));
      memory.hadSplitter = false;
      memory.rejection = null;
      assertThat(leaves(api, Optional.empty(), Optional.empty(), job(PLAN, 0, 0)))
          .as("it has no output")
          .contains("Cancelled.");
    }
  }

  /** Its BatchAPI has named another one since. */
  @Test
  void aFolderThatWasTakenEarlierIsNamedToo() throws IOException {
    memory.folders.add("s3://b/old/");
    writes(0, new SplitEnd(GIVES_BACK.digest(), 0, 0, 0, 0, List.of(), null));
    try (var api = new SmallApiServer()) {
      assertThat(leaves(api, Optional.empty(), Optional.of(GIVES_BACK), job(GIVES_BACK, 0, 0)))
          .hasValueSatisfying(
              end -> assertThat(end).contains("s3://b/old/, could").doesNotContain("s3://b/out/"));
    }
  }
}
