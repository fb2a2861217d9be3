package dev.batchapi.crds;

/**
 * Regular expressions of the CEL rules. Both RE2 and Java read them alike, and none has a backslash
 * or a single quote, so that they stand in CEL's literals as they are.
 */
final class Syntax {
  static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
  static final String SUBDOMAIN = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";
  static final String CONFIG_MAP_KEY = "^[-._a-zA-Z0-9]+$";
  static final String PYTHON_CLASS = "^[A-Za-z_][A-Za-z0-9_]*$";
  static final String JAVA_CLASS = "^[A-Za-z_$][A-Za-z0-9_$]*([.][A-Za-z_$][A-Za-z0-9_$]*)*$";
  static final String ENV_NAME = "^[-._a-zA-Z][-._a-zA-Z0-9]*$";
  static final String TAG_NAME = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";
  static final String TAG_VALUE =
      "^([^$]|[$]([^(]|$)|[$][(](api_name|namespace|job_name|job_id)[)])*$";

  /**
   * {@code host:port}, or {@code unix://} and the path of a socket, none of whose parts is hidden.
   */
  static final String STATSD = "^([^ /]+:[0-9]{1,5}|unix://(/[A-Za-z0-9_][A-Za-z0-9._-]*)+)$";

  /** A URL of a store that is known; a bucket or host is no pattern. */
  static final String STORE_URL = "^(s3|gs|az|https?)://[^/*?{}]+/.*$";

  /** With the slash that keeps a folder from being the beginning of another. */
  static final String FOLDER = "^[^*?{}]*/$";

  /** A folder that can be written to. What stands for names of the job's own is put in later. */
  static final String OUTPUT_FOLDER =
      "^((s3|gs|az)://[^/*?{}$]+/|/)(([^*?{}$]|[$][(](api_name|namespace|job_name|job_id)[)])*/)?$";

  /** A folder of a container; no part of it is hidden, so none is {@code ..}. */
  static final String MOUNT_PATH = "^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$";

  /** Where a pod's own files are, ours and the image's. */
  static final String SYSTEM_FOLDER =
      "^/(batchapi|tmp|proc|sys|dev|etc|usr|lib|lib64|bin|sbin|run|var/run|opt/batchapi)(/.*)?$|^/(opt|var)$";

  /**
   * As container runtimes read names: a registry, known by a dot or colon, lower-case parts, a tag,
   * a digest.
   */
  static final String IMAGE =
      "^([!-.0-?A-~]*[.:][!-.0-?A-~]*/)?"
          + "[a-z0-9]+(([.]|__?|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|__?|-+)[a-z0-9]+)*)*"
          + "(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(@[A-Za-z0-9_+.-]+:[A-Fa-f0-9]{32,})?$";

  static final String PERCENT = "^(100|[0-9]{1,2})%$";
  static final String QUANTITY =
      "^([0-9]+([.][0-9]*)?|[.][0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";

  private Syntax() {}
}
