package dev.batchapi.crds;

/**
 * What people read when a rule is broken: from `kubectl apply` by CEL, on a laptop by BatchRules.
 */
final class Rules {
  static final String API_NAME =
      "the name may have at most 63 characters: lower-case letters, digits and '-', with a letter or"
          + " digit at both ends";
  static final String JOB_NAME =
      "the name may have at most 45 characters: lower-case letters, digits and '-', with a letter or"
          + " digit at both ends";
  static final String ENTRY_NAMES =
      "the names of the BatchAPI and of an entry of jobs may have at most 44 characters together,"
          + " because the entry becomes the BatchJob <api>-<entry>";
  static final String LABEL =
      "must be lower-case letters, digits and '-', with a letter or digit at both ends";
  static final String SUBDOMAIN =
      "must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends";
  static final String CONFIG_MAP_KEY = "must be letters, digits, '-', '_' and '.'";

  static final String ONE_LANGUAGE = "exactly one of python, java must be set";
  static final String PYTHON_SOURCE =
      "one of inline, configMap, file must be set, as in {file: handler.py} for a path in the image,"
          + " {inline: ...} for the source itself, {configMap: {name: code}} for a source in a ConfigMap";
  static final String JAVA_SOURCE =
      "one of classpath, inline, configMap must be set, as in {className: com.acme.Tagger, classpath:"
          + " [/app/tagger.jar]} for classes in the image, {inline: ...} for the source itself,"
          + " {configMap: {name: code}, file: Tagger.java} for a source in a ConfigMap";
  static final String INLINE_ALONE =
      "inline is the whole source, so configMap and file cannot be set with it";
  static final String JAVA_FILE =
      "file is a key of configMap, which is not set; classes in the image are found by classpath";
  static final String FILE_IS_KEY =
      "with configMap, file is one of its keys: letters, digits, '-', '_' and '.'";
  static final String PYTHON_FILE = "must end in .py";
  static final String JAVA_FILE_NAME = "must end in .java";
  static final String PYTHON_CLASS = "must be the name of a Python class, such as Handler";
  static final String JAVA_CLASS =
      "must be the name of a Java class with its package, such as com.acme.Tagger";

  static final String IMAGE =
      "must be the name of an image, such as registry.example/team/model:3: a registry, then lower-case"
          + " letters, digits, '.', '_', '-' and '/', then a tag or a digest, and no spaces";
  static final String QUANTITIES =
      "amounts must be written like 500m, 2 or 1.5 for cpu and like 512Mi or 2Gi for memory";
  static final String ENV_NAME =
      "must be letters, digits, '-', '_' and '.', and not start with a digit";
  static final String ENV_ONE = "value and valueFrom cannot both be set";
  static final String ENV_SOURCE =
      "exactly one of configMapKeyRef, secretKeyRef, fieldRef must be set";
  static final String BACKOFF = "initialBackoffSeconds must not be more than maxBackoffSeconds";
  static final String FAILURE_LIMIT =
      "must be a number of batches, such as 10, or a percentage of them, such as 5%";
  static final String ITEM_FAILURE_LIMIT =
      "must be a number of items, such as 100, or a percentage of them, such as 1%";
  static final String STATSD =
      "must be host:port, such as statsd-exporter.monitoring:9125, or unix:///path, such as"
          + " unix:///var/run/datadog/dsd.socket";
  static final String UNIX_STATSD =
      "statsd can be a Unix socket only with flavour datadog: name host:port, or another flavour";
  static final String TAG_NAMES =
      "names of tags must be letters, digits and '_', at most 64, and not start with a digit";
  static final String TAG_VALUES =
      "values of tags may refer to $(api_name), $(namespace), $(job_name) and $(job_id), and to"
          + " nothing else";

  static final String FILE_PATHS =
      "each must be a path, or a URL with s3://, gs://, az://, https:// or http:// and a bucket or host, such as"
          + " s3://photos/2026/*.jsonl";
  static final String FOLDERS =
      "each must be a folder with '/' at its end and without a pattern, such as s3://photos/2026/,"
          + " https://data.example/open/ or /data/in/";
  static final String OUTPUT_FOLDER =
      "must be a folder of an object store or of a volume with '/' at its end and without a pattern,"
          + " such as s3://results/photos/$(job_name)/ or /data/out/$(job_name)/; nothing is written to a web server, and only $(job_name),"
          + " $(job_id), $(api_name) and $(namespace) stand for something";
  static final String OUTPUT_STORAGE =
      "needs storage: it says with whose rights results are written, and where they may be";
  static final String MOUNT_PATH =
      "must be a whole path such as /data, of letters, digits, '-', '_' and '.', and no folder of the"
          + " system or the platform: /batchapi, /tmp, /etc, /usr, /opt/batchapi and the like";
  static final String VOLUMES = "names and mountPaths must be unique";
  static final String CSV_FORMAT =
      "csv says how CSV files are written, and format says that these are none: leave one of them out";

  static final String INPUT_FIXED =
      "input cannot be changed: submit another BatchJob for another input";
  static final String OUTPUT_FIXED =
      "output cannot be changed: submit another BatchJob for another output";
  static final String API_FIXED =
      "apiName cannot be changed: submit another BatchJob for another BatchAPI";
  static final String OVERRIDES_FIXED =
      "overrides cannot be changed: submit another BatchJob with other overrides";
  static final String CANCEL_FINAL =
      "cancel cannot be taken back: submit another BatchJob to run the input again";
  static final String ENTRY_FIXED =
      "an entry of jobs cannot be edited: add one with another name, or change the BatchJob"
          + " <api>-<entry> itself";

  private Rules() {}
}
