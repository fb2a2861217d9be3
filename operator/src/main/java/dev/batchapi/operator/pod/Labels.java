package dev.batchapi.operator.pod;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.LinkedHashMap;
import java.util.Map;

/** Labels and annotations of everything that the operator makes. */
public final class Labels {
  public static final String API = "batchapi.dev/api";
  public static final String JOB = "batchapi.dev/job";

  /** The BatchJob's uid: names are used again, uids are not. */
  public static final String JOB_UID = "batchapi.dev/job-uid";

  public static final String WORKER = "batchapi.dev/worker";

  /** On a ConfigMap, with the value {@code true}: jobs may have it as their input. */
  public static final String INPUT = "batchapi.dev/input";

  /**
   * On a worker's Job: how many Jobs in a row were lost before it in its place, without any
   * progress: see LossPolicy. On a splitter's or collector's: how many before it ended for nothing.
   */
  public static final String FRUITLESS = "batchapi.dev/fruitless";

  /** On a worker's Job: how many before it in its place were taken away in a row, if any. */
  public static final String DISRUPTED = "batchapi.dev/disrupted";

  /** On a worker's Job: outcomes and failed attempts of the BatchJob when it was made. */
  public static final String PROGRESS = "batchapi.dev/progress";

  /** On a splitter's or collector's Job: the digest of what it was made of. */
  public static final String ARGUMENTS = "batchapi.dev/arguments";

  /** On a splitter's Job, with the value {@code true}: it may free the folder of an output. */
  public static final String FREES_FOLDER = "batchapi.dev/frees-folder";

  public static final String KUEUE_PREFIX = "kueue.x-k8s.io/";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String OPERATOR = "batchapi-operator";

  private Labels() {}

  /** Those of a BatchJob's children. */
  public static Map<String, String> ofJob(String api, String job, String uid) {
    var labels = new LinkedHashMap<String, String>();
    labels.put("app.kubernetes.io/name", "batchapi");
    labels.put("app.kubernetes.io/instance", job);
    labels.put("app.kubernetes.io/component", "worker");
    labels.put(MANAGED_BY, OPERATOR);
    labels.put(API, api);
    labels.put(JOB, job);
    labels.put(JOB_UID, uid);
    return labels;
  }

  /** Value of a label, or of an annotation; empty if there is none. */
  public static String of(HasMetadata object, String name) {
    var labels = object.getMetadata().getLabels();
    var annotations = object.getMetadata().getAnnotations();
    var label = labels == null ? null : labels.get(name);
    var annotation = annotations == null ? null : annotations.get(name);
    return label != null ? label : annotation != null ? annotation : "";
  }

  /** The number in a label or annotation; 0 if there is none. */
  public static int number(HasMetadata object, String name) {
    var text = of(object, name);
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }
}
