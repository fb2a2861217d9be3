package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus.SubmittedJob;
import dev.batchapi.crds.JobEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be done for the entries of a BatchAPI's {@code jobs}.
 *
 * <p>An entry is submitted once: what the status remembers, or has its BatchJob, is not submitted
 * again, whatever became of the BatchJob. What is remembered, or has a BatchJob of ours, and is no
 * entry any more is removed. A BatchJob of ours that the status does not remember was made by a
 * process that ended before it could say so.
 *
 * @param submit entries that have no BatchJob yet
 * @param remove names of BatchJobs
 */
record EntryPlan(List<JobEntry> submit, Set<String> remove) {

  EntryPlan {
    submit = List.copyOf(submit);
  }

  /**
   * What to submit and what to remove so that the BatchJobs are those of {@code spec.jobs}.
   *
   * @param owned names of the BatchJobs that belong to this BatchAPI
   */
  static EntryPlan of(BatchApi api, Set<String> owned) {
    var submit = new ArrayList<JobEntry>();
    var remove = new LinkedHashSet<>(owned);
    remembered(api).forEach(job -> remove.add(job.jobName()));
    for (var entry : entries(api)) {
      var name = jobName(api, entry);
      if (!remove.remove(name)) {
        submit.add(entry);
      }
    }
    return new EntryPlan(submit, remove);
  }

  static List<JobEntry> entries(BatchApi api) {
    var jobs = api.getSpec().jobs();
    return jobs == null ? List.of() : jobs;
  }

  static List<SubmittedJob> remembered(BatchApi api) {
    var status = api.getStatus();
    return status == null || status.jobs() == null ? List.of() : status.jobs();
  }

  static String jobName(BatchApi api, JobEntry entry) {
    var meta = api.getMetadata();
    return entry.toJob(meta.getNamespace(), meta.getName()).name();
  }
}
