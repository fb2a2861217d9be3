package dev.batchapi.operator.job;

import dev.batchapi.operator.OperatorSettings;
import java.util.Map;

/**
 * What the jobs of one namespace may take together of what all namespaces share.
 *
 * @param jobs accepted jobs that have not ended
 * @param batches of those jobs, done or not
 */
record Share(long jobs, long batches) {
  /** Labels of a namespace, which its users can't set; in place of the operator's settings. */
  static final String JOBS = "batchapi.dev/max-jobs";

  static final String BATCHES = "batchapi.dev/max-batches";

  /** By the namespace's labels. A label that is no number counts as 0: nothing is accepted. */
  static Share of(Map<String, String> labels, OperatorSettings settings) {
    return new Share(
        number(labels, JOBS, settings.maxJobs()), number(labels, BATCHES, settings.maxBatches()));
  }

  private static long number(Map<String, String> labels, String name, long unset) {
    var text = labels.get(name);
    if (text == null) {
      return unset;
    }
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }
}
