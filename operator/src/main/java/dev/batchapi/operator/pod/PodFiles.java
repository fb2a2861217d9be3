package dev.batchapi.operator.pod;

/** Where worker and handler find things in their containers. */
final class PodFiles {
  /** All of it is the platform's. */
  static final String FOLDER = "/batchapi";

  static final String SOCKET_FOLDER = "/batchapi/socket";
  static final String SOCKET = SOCKET_FOLDER + "/host.sock";
  static final String RUN_FOLDER = "/batchapi/run";
  static final String RUN = RUN_FOLDER + "/" + FrozenObjects.RUN_FILE;
  static final String CREDENTIALS_FOLDER = "/batchapi/nats";
  static final String CREDENTIALS = CREDENTIALS_FOLDER + "/" + FrozenObjects.CREDENTIALS_FILE;

  /** ConfigMaps as they are mounted: to be checked, for they can be replaced. */
  static final String FROZEN_CODE_FOLDER = "/batchapi/frozen/code";

  static final String FROZEN_HOST_FOLDER = "/batchapi/frozen/host";

  /** The handler's copies of them, once they were checked. */
  static final String CODE_FOLDER = "/batchapi/code";

  static final String HOST_FOLDER = "/batchapi/host";

  /** The worker's alone: the folder of the node's metrics socket. */
  static final String STATSD_FOLDER = "/batchapi/statsd";

  static final String TMP = "/tmp";

  /** The runtime image's program. */
  static final String JAVA = "/opt/batchapi/java/bin/java";

  static final String WORKER_ARGUMENTS = "@/opt/batchapi/worker.args";

  /** The same with the libraries for a metrics socket on the class path. */
  static final String UNIX_WORKER_ARGUMENTS = "@/opt/batchapi/worker-unix.args";

  /** The runtime image's script that starts the Java host. */
  static final String JAVA_HOST = "/opt/batchapi/java-host.sh";

  private PodFiles() {}
}
