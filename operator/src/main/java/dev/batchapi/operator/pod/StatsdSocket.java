package dev.batchapi.operator.pod;

import dev.batchapi.contract.PodFiles;

/**
 * The metrics socket of a node, which the operator's settings name and nobody else can.
 *
 * @param folder on the node; the worker's container gets all of it, since the agent makes the
 *     socket anew at each start
 * @param file the socket's name in it
 * @param volume how it gets there
 */
public record StatsdSocket(String folder, String file, StatsdVolume volume) {
  private static final String UNIX = "unix://";

  /** Whether an address is a socket's. */
  public static boolean isSocket(String address) {
    return address.startsWith("unix:");
  }

  /** Of an address that the operator's settings have checked. */
  static StatsdSocket of(String address, StatsdVolume volume) {
    var path = address.substring(UNIX.length());
    var slash = path.lastIndexOf('/');
    return new StatsdSocket(path.substring(0, slash), path.substring(slash + 1), volume);
  }

  /** As the worker finds it. */
  String addressOfWorker() {
    return UNIX + PodFiles.STATSD_FOLDER + "/" + file;
  }

  /** As the operator's settings name it. */
  String address() {
    return UNIX + folder + "/" + file;
  }
}
