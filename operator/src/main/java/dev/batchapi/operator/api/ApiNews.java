package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.operator.kube.Events.Kind;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.operator.status.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** What a person would want to have seen happen to a BatchAPI: an Event each. */
record ApiNews(Kind kind, String reason, String note) {

  /**
   * What happened in a pass.
   *
   * @param api as it was before
   * @param after its status now
   * @param removed names of BatchJobs that were deleted
   */
  static List<ApiNews> of(
      BatchApi api,
      BatchApiStatus after,
      Collection<Submission.Result> results,
      Collection<String> removed) {
    var news = new ArrayList<ApiNews>();
    for (var result : results) {
      if (result instanceof Submission.Submitted(var job, var now) && now) {
        news.add(
            new ApiNews(
                Kind.NORMAL,
                Reason.JobSubmitted.name(),
                "BatchJob \"%s\" is submitted.".formatted(job.getMetadata().getName())));
      }
    }
    for (var name : removed) {
      news.add(
          new ApiNews(
              Kind.NORMAL,
              Reason.JobRemoved.name(),
              "BatchJob \"%s\" is deleted, for its entry of spec.jobs was removed."
                  .formatted(name)));
    }
    var before = api.getStatus() == null ? null : api.getStatus().conditions();
    for (var condition : Objects.requireNonNullElse(after.conditions(), List.<Condition>of())) {
      var told =
          Conditions.find(before, condition.type())
              .filter(
                  c -> c.status() == condition.status() && c.reason().equals(condition.reason()));
      var holds = condition.status() == Condition.Status.TRUE;
      // Each submission had an Event of its own.
      if (told.isEmpty() && !(holds && condition.type().equals(ApiStatus.JOBS_SUBMITTED))) {
        news.add(
            new ApiNews(
                holds ? Kind.NORMAL : Kind.WARNING, condition.reason(), condition.message()));
      }
    }
    return news;
  }
}
