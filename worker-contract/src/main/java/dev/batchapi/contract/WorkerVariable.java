package dev.batchapi.contract;

/** Variables of the worker's container: the operator writes them, the worker reads them. */
public final class WorkerVariable {
  /** The frozen run, a JSON file. */
  public static final String RUN = "BATCHAPI_RUN";

  /** SHA-256 that the frozen run must have, in hexadecimal figures; unset: any. */
  public static final String RUN_DIGEST = RUN + "_DIGEST";

  /** The folder where the author's code is mounted. */
  public static final String CODE = "BATCHAPI_CODE";

  /** Digest that the code must have; unset: there is none, or any. */
  public static final String CODE_DIGEST = CODE + "_DIGEST";

  /** The folder where the Python host is mounted. */
  public static final String PYTHON_HOST = "BATCHAPI_PYTHON_HOST";

  /** Digest that the Python host must have; unset: there is none, or any. */
  public static final String PYTHON_HOST_DIGEST = PYTHON_HOST + "_DIGEST";

  /** The Unix socket where the host connects. */
  public static final String SOCKET = "BATCHAPI_SOCKET";

  /** The queue's servers, separated by commas. Always set. */
  public static final String NATS_URL = "BATCHAPI_NATS_URL";

  /** The queue's credentials file; unset: it asks for none. */
  public static final String NATS_CREDENTIALS = "BATCHAPI_NATS_CREDENTIALS";

  /** The platform's StatsD service, {@code host:port} or {@code unix:///path}; unset: nowhere. */
  public static final String STATSD = "BATCHAPI_STATSD";

  /** Whose rules that service has: {@code prometheus} or {@code datadog}. */
  public static final String STATSD_FLAVOUR = "BATCHAPI_STATSD_FLAVOUR";

  /** How long a lease lasts, in seconds, 3 to 3,600; the same as the operator's. */
  public static final String LEASE_SECONDS = "BATCHAPI_LEASE_SECONDS";

  /** How long the handler's container may take to connect, in seconds, 1 to 86,400. */
  public static final String HOST_WAIT_SECONDS = "BATCHAPI_HOST_WAIT_SECONDS";

  /** How long the batch in hand may go on after SIGTERM, in seconds, 0 to 86,400. */
  public static final String GRACE_SECONDS = "BATCHAPI_GRACE_SECONDS";

  /** Where the last words go. */
  public static final String TERMINATION_LOG = "BATCHAPI_TERMINATION_LOG";

  /** Where the worker listens from the moment its handler is constructed; unset: nowhere. */
  public static final String READY_PORT = "BATCHAPI_READY_PORT";

  /** The same from the moment it has reached the queue. */
  public static final String QUEUE_PORT = "BATCHAPI_QUEUE_PORT";

  /** The same from the moment its host has connected. */
  public static final String HOST_PORT = "BATCHAPI_HOST_PORT";

  /**
   * Folders of mounted volumes in which jobs may name files, with a colon between them; unset:
   * none. Of splitters and collectors, too.
   */
  public static final String VOLUMES = "BATCHAPI_VOLUMES";

  /**
   * The folders that these volumes are mounted at, with a colon between them: below them no link is
   * trusted. Unset: those of {@link #VOLUMES} themselves.
   */
  public static final String MOUNTS = "BATCHAPI_MOUNTS";

  /**
   * The folder with the tokens of the pod's service account that clouds take for credentials;
   * unset: there are none. Of splitters and collectors, too.
   */
  public static final String IDENTITY = "BATCHAPI_IDENTITY";

  private WorkerVariable() {}
}
