package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.OperatorSettings;
import java.util.Map;

/**
 * What the jobs of one namespace may take together of what all namespaces share.
 *
 * @param jobs accepted jobs that have not ended
 * @param batches of those jobs, done or not
 * @param bytes that all its BatchJobs, ended ones too, may keep in the queue; 0: any number
 */
record Share(long jobs, long batches, long bytes) {
  /** Labels of a namespace, which its users can't set; in place of the operator's settings. */
  static final String JOBS = "batchapi.dev/max-jobs";

  static final String BATCHES = "batchapi.dev/max-batches";
  static final String MIB = "batchapi.dev/max-mib";

  /** By the namespace's labels. A label that is no number counts as the smallest share there is. */
  static Share of(Map<String, String> labels, OperatorSettings settings) {
    return new Share(
        number(labels, JOBS, settings.maxJobs()),
        number(labels, BATCHES, settings.maxBatches()),
        number(labels, MIB, settings.maxMib()) << 20);
  }

  private static long number(Map<String, String> labels, String name, long unset) {
    var text = labels.get(name);
    if (text == null) {
      return unset;
    }
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 1;
  }
}
