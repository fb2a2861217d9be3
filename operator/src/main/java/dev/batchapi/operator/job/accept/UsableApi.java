package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Problem;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.operator.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a job may refer to, and say, before anything is read for it. */
final class UsableApi {
  /** A BatchAPI of the same file is seen and checked in this time. */
  private static final Duration CHECKED_SOON = Duration.ofSeconds(3);

  private UsableApi() {}

  /**
   * The job's BatchAPI.
   *
   * @param api null if there is none
   * @throws Stop if it can't be used, or not yet
   */
  static BatchApi of(BatchJob job, @Nullable BatchApi api, Instant now) {
    if (api == null && isNew(job, now)) {
      throw new Stop(new Acceptance.Soon());
    }
    if (api == null || api.getMetadata().getDeletionTimestamp() != null) {
      throw new Stop(
          new Acceptance.Waiting(
              Reason.ApiNotFound,
              "BatchAPI \"%s\" not found in namespace \"%s\"; the job is accepted when it is there."
                  .formatted(job.getSpec().apiName(), job.getMetadata().getNamespace())));
    }
    refuse(
        BatchRules.checkApi(api.named()),
        message ->
            new Acceptance.Waiting(
                Reason.ApiNotReady, "BatchAPI \"%s\": %s".formatted(name(api), message)));
    checkReady(job, api, now);
    return api;
  }

  /**
   * The job, which keeps to the rules.
   *
   * @throws Stop if it doesn't
   */
  static BatchJob checked(BatchJob job) {
    refuse(
        BatchRules.checkJob(job.named()),
        message -> new Acceptance.Rejected(Reason.SpecInvalid, message));
    return job;
  }

  /** Trusts the Ready condition of this generation: only its reconciler runs the dry run. */
  private static void checkReady(BatchJob job, BatchApi api, Instant now) {
    var ready =
        Conditions.find(api.getStatus() == null ? null : api.getStatus().conditions(), "Ready")
            .filter(c -> Objects.equals(c.observedGeneration(), api.getMetadata().getGeneration()));
    if (ready.isEmpty()) {
      throw new Stop(
          isNew(job, now)
              ? new Acceptance.Soon()
              : new Acceptance.Waiting(
                  Reason.ApiNotReady, "BatchAPI \"%s\" is being checked.".formatted(name(api))));
    }
    if (ready.get().status() != Condition.Status.TRUE) {
      throw new Stop(
          new Acceptance.Waiting(
              Reason.ApiNotReady,
              "BatchAPI \"%s\" is not ready: %s: %s"
                  .formatted(name(api), ready.get().reason(), ready.get().message())));
    }
  }

  private static boolean isNew(BatchJob job, Instant now) {
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    // Where the API server's clock is ahead it is as if it were older: it waits as before.
    return !age.isNegative() && age.compareTo(CHECKED_SOON) < 0;
  }

  private static void refuse(List<Problem> problems, Function<String, Acceptance.Result> result) {
    if (!problems.isEmpty()) {
      throw new Stop(
          result.apply(problems.stream().map(Problem::toString).collect(Collectors.joining("; "))));
    }
  }

  private static String name(BatchApi api) {
    return api.getMetadata().getName();
  }
}
