package dev.batchapi.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.BatchApiStatus.SubmittedJob;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Condition.Status;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.status.Conditions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.5Z");
  private static final Readiness READY = new Readiness.Ready();

  @Test
  void readyIsSaidWithItsGeneration() {
    assertThat(status(Apis.with("[]", "[]"), READY, Map.of()))
        .isEqualTo(
            new BatchApiStatus(
                List.of(
                    new Condition(
                        "Ready",
                        Status.TRUE,
                        "Ready",
                        "Jobs can run.",
                        "2026-01-01T12:00:00Z",
                        3L)),
                3L,
                null));
  }

  @Test
  void whatIsMissingIsTheReason() {
    var readiness = Readiness.configMapNotFound("code", "vision");

    assertThat(status(Apis.with("[]", "[]"), readiness, Map.of()).conditions())
        .singleElement()
        .extracting(Condition::status, Condition::reason, Condition::message)
        .containsExactly(
            Status.FALSE,
            "ConfigMapNotFound",
            "ConfigMap \"code\" with the handler's code not found in namespace \"vision\": create it, or name another one in spec.handler.");
  }

  @Test
  void aSecondPassOverTheSameSaysTheSame() {
    var api = Apis.with("[a, b]", "[a]");
    var jobs = Map.of("tagger-b", Apis.job("tagger-b", JobPhase.PENDING));
    var first = status(api, READY, jobs);
    api.setStatus(first);

    assertThat(ApiStatus.of(api, READY, jobs, List.of(), NOW.plusSeconds(60))).isEqualTo(first);
  }

  @Test
  void aJobIsRememberedWithItsPhase() {
    var jobs =
        Map.of(
            "tagger-a", Apis.job("tagger-a", JobPhase.SUCCEEDED),
            "tagger-b", Apis.job("tagger-b", null));

    assertThat(status(Apis.with("[a, b, c]", "[a]"), READY, jobs).jobs())
        .containsExactly(
            new SubmittedJob("a", "tagger-a", Apis.SUBMITTED, JobPhase.SUCCEEDED),
            new SubmittedJob("b", "tagger-b", "2026-01-01T09:00:00Z", null));
  }

  @Test
  void aJobThatIsGoneIsRememberedAsItWasLastSeen() {
    assertThat(status(Apis.with("[a]", "[a]"), READY, Map.of()).jobs())
        .containsExactly(new SubmittedJob("a", "tagger-a", Apis.SUBMITTED, JobPhase.RUNNING));
  }

  @Test
  void anEntryThatIsRemovedIsForgotten() {
    assertThat(status(Apis.with("[b]", "[a, b]"), READY, Map.of()).jobs())
        .extracting(SubmittedJob::name)
        .containsExactly("b");
  }

  @Test
  void jobsThatCannotBeSubmittedAreNamed() {
    var api = Apis.with("[a, b]", "[]");
    var taken = List.<Submission.Result>of(new Submission.NameTaken("a", "tagger-a"));
    var refused = List.<Submission.Result>of(new Submission.Refused("b", "exceeded quota"));

    assertThat(jobsSubmitted(ApiStatus.of(api, READY, Map.of(), taken, NOW)))
        .extracting(Condition::status, Condition::reason, Condition::message)
        .containsExactly(
            Status.FALSE,
            "NameTaken",
            "BatchJob \"tagger-a\" is there already and does not belong to this BatchAPI: delete it, or give the entry \"a\" of spec.jobs another name.");
    assertThat(jobsSubmitted(ApiStatus.of(api, READY, Map.of(), refused, NOW)))
        .extracting(Condition::status, Condition::reason, Condition::message)
        .containsExactly(
            Status.FALSE,
            "JobRefused",
            "The API server refuses the BatchJob of the entry \"b\" of spec.jobs: exceeded quota");
    assertThat(
            jobsSubmitted(ApiStatus.of(api, READY, Map.of(), List.of(new Submission.Later()), NOW)))
        .extracting(Condition::reason)
        .isEqualTo("Waiting");
    assertThat(jobsSubmitted(status(Apis.with("[a]", "[a]"), READY, Map.of())).message())
        .isEqualTo("1 job is submitted.");
  }

  @Test
  void withoutEntriesNothingIsSaidOfThem() {
    var api = Apis.with("[a]", "[a]");
    api.setStatus(status(api, READY, Map.of()));
    var none = Apis.with("[]", "[]");
    none.setStatus(api.getStatus());

    assertThat(status(none, READY, Map.of()).conditions())
        .extracting(Condition::type)
        .containsExactly("Ready");
  }

  private static Condition jobsSubmitted(BatchApiStatus status) {
    return Conditions.find(status.conditions(), "JobsSubmitted").orElseThrow();
  }

  private static BatchApiStatus status(
      BatchApi api, Readiness readiness, Map<String, BatchJob> jobs) {
    return ApiStatus.of(api, readiness, jobs, List.of(), NOW);
  }
}
