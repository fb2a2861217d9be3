package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.BatchApiStatus.SubmittedJob;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Condition.Status;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.operator.status.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A BatchAPI's status, from what a pass has seen and done. */
final class ApiStatus {
  static final String READY = "Ready";
  static final String JOBS_SUBMITTED = "JobsSubmitted";

  private ApiStatus() {}

  /**
   * The whole status of a pass, conditions merged with those that were there.
   *
   * @param jobs the BatchJobs of this BatchAPI by name, with those that were created just now
   * @param results of the entries that had to be submitted
   */
  static BatchApiStatus of(
      BatchApi api,
      Readiness readiness,
      Map<String, BatchJob> jobs,
      Collection<Submission.Result> results,
      Instant now) {
    var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var generation = api.getMetadata().getGeneration();
    var submitted = submitted(api, jobs);
    var before = before(api);
    var conditions = new ArrayList<Condition>();
    conditions.add(ready(readiness, time, generation));
    if (EntryPlan.entries(api).isEmpty()) {
      before = before.stream().filter(c -> !c.type().equals(JOBS_SUBMITTED)).toList();
    } else {
      conditions.add(jobsSubmitted(submitted.size(), results, time, generation));
    }
    return new BatchApiStatus(
        Conditions.merge(before, conditions),
        generation,
        submitted.isEmpty() ? null : List.copyOf(submitted));
  }

  /** At most as many as there may be entries: those that were removed are forgotten. */
  private static List<SubmittedJob> submitted(BatchApi api, Map<String, BatchJob> jobs) {
    var remembered = new LinkedHashMap<String, SubmittedJob>();
    EntryPlan.remembered(api).forEach(job -> remembered.put(job.name(), job));
    var submitted = new ArrayList<SubmittedJob>();
    for (var entry : EntryPlan.entries(api)) {
      var name = EntryPlan.jobName(api, entry);
      var before = remembered.get(entry.name());
      var job = jobs.get(name);
      if (job != null) {
        var phase = job.getStatus() == null ? null : job.getStatus().phase();
        var time =
            before == null ? job.getMetadata().getCreationTimestamp() : before.submittedTime();
        submitted.add(new SubmittedJob(entry.name(), name, time, phase));
      } else if (before != null) {
        submitted.add(before);
      }
    }
    return submitted;
  }

  private static Condition ready(Readiness readiness, String time, Long generation) {
    return switch (readiness) {
      case Readiness.Ready() ->
          new Condition(READY, Status.TRUE, Reason.Ready.name(), "Jobs can run.", time, generation);
      case Readiness.NotReady(var reason, var message, var mayPass) ->
          new Condition(READY, Status.FALSE, reason.name(), message, time, generation);
    };
  }

  private static Condition jobsSubmitted(
      int submitted, Collection<Submission.Result> results, String time, Long generation) {
    var taken = of(results, Submission.NameTaken.class);
    if (!taken.isEmpty()) {
      var message =
          taken.stream()
              .map(
                  t ->
                      "BatchJob \"%s\" is there already and does not belong to this BatchAPI: delete it, or give the entry \"%s\" of spec.jobs another name."
                          .formatted(t.jobName(), t.entry()))
              .collect(Collectors.joining(" "));
      return new Condition(
          JOBS_SUBMITTED, Status.FALSE, Reason.NameTaken.name(), message, time, generation);
    }
    var refused = of(results, Submission.Refused.class);
    if (!refused.isEmpty()) {
      var message =
          refused.stream()
              .map(
                  r ->
                      "The API server refuses the BatchJob of the entry \"%s\" of spec.jobs: %s"
                          .formatted(r.entry(), r.words()))
              .collect(Collectors.joining(" "));
      return new Condition(
          JOBS_SUBMITTED, Status.FALSE, Reason.JobRefused.name(), message, time, generation);
    }
    if (!of(results, Submission.Later.class).isEmpty()) {
      return new Condition(
          JOBS_SUBMITTED,
          Status.FALSE,
          Reason.Waiting.name(),
          "A BatchJob of the same name is still being deleted.",
          time,
          generation);
    }
    return new Condition(
        JOBS_SUBMITTED,
        Status.TRUE,
        Reason.Submitted.name(),
        submitted == 1 ? "1 job is submitted." : "%d jobs are submitted.".formatted(submitted),
        time,
        generation);
  }

  private static <T> List<T> of(Collection<Submission.Result> results, Class<T> kind) {
    return results.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<Condition> before(BatchApi api) {
    var status = api.getStatus();
    return status == null || status.conditions() == null ? List.of() : status.conditions();
  }
}
