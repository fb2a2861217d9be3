package dev.batchapi.contract;

/** Where worker and handler find things in their containers, and what is started there. */
public final class PodFiles {
  /** All of it is the platform's. */
  public static final String FOLDER = "/batchapi";

  public static final String SOCKET_FOLDER = "/batchapi/socket";
  public static final String SOCKET = SOCKET_FOLDER + "/host.sock";
  public static final String RUN_FILE = "run.json";
  public static final String RUN_FOLDER = "/batchapi/run";
  public static final String RUN = RUN_FOLDER + "/" + RUN_FILE;
  public static final String CREDENTIALS_FILE = "worker.creds";
  public static final String CREDENTIALS_FOLDER = "/batchapi/nats";
  public static final String CREDENTIALS = CREDENTIALS_FOLDER + "/" + CREDENTIALS_FILE;

  /** ConfigMaps as they are mounted: to be checked, for they can be replaced. */
  public static final String FROZEN_CODE_FOLDER = "/batchapi/frozen/code";

  public static final String FROZEN_HOST_FOLDER = "/batchapi/frozen/host";

  /** The collector's: the items of a job that has no files, one file of JSON lines. */
  public static final String FROZEN_INPUT_FOLDER = "/batchapi/frozen/input";

  /** The file in it, and the key in its ConfigMap. */
  public static final String FROZEN_INPUT_FILE = "items.jsonl";

  /** The handler's copies of them, once they were checked. */
  public static final String CODE_FOLDER = "/batchapi/code";

  public static final String HOST_FOLDER = "/batchapi/host";

  /** The worker's alone: the folder of the node's metrics socket. */
  public static final String STATSD_FOLDER = "/batchapi/statsd";

  /** Not the handler's: tokens of the pod's service account, a file for each cloud. */
  public static final String IDENTITY_FOLDER = "/batchapi/identity";

  public static final String AWS_TOKEN = "aws";
  public static final String AZURE_TOKEN = "azure";
  public static final String GOOGLE_TOKEN = "google";

  public static final String TMP = "/tmp";

  /** The runtime image's program. */
  public static final String JAVA = "/opt/batchapi/java/bin/java";

  public static final String WORKER_ARGUMENTS = "@/opt/batchapi/worker.args";

  /** The same with the libraries for a metrics socket on the class path. */
  public static final String UNIX_WORKER_ARGUMENTS = "@/opt/batchapi/worker-unix.args";

  /** A worker that reads files itself: with the libraries of stores on the class path. */
  public static final String FILES_WORKER_ARGUMENTS = "@/opt/batchapi/worker-files.args";

  public static final String SPLITTER_ARGUMENTS = "@/opt/batchapi/splitter.args";

  public static final String COLLECTOR_ARGUMENTS = "@/opt/batchapi/collector.args";

  /** The runtime image's script that starts the Java host. */
  public static final String JAVA_HOST = "/opt/batchapi/java-host.sh";

  private PodFiles() {}
}
