package dev.batchapi.metrics;

/** Where a metrics server listens. */
public sealed interface StatsdAddress {
  /** How an address of a Unix socket begins; the path follows, with its first slash. */
  String UNIX = "unix://";

  /** The longest path that a Linux socket can have, in bytes. */
  int LONGEST_PATH = 107;

  /**
   * By UDP.
   *
   * @param host name or address; it need not resolve yet
   * @param port 1 to 65535
   */
  record Udp(String host, int port) implements StatsdAddress {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException saying what is out of range
     */
    public Udp {
      if (host.isBlank() || !host.equals(host.strip()) || host.contains("/")) {
        throw new IllegalArgumentException("\"" + host + "\" is no host name or address");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
      }
    }
  }

  /**
   * A Unix datagram socket, such as a Datadog agent's.
   *
   * @param path of the socket, from the root; it need not be there yet
   */
  record Unix(String path) implements StatsdAddress {
    /**
     * Checks the path.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public Unix {
      if (!path.matches("(/[A-Za-z0-9_][A-Za-z0-9._-]*)+") || path.length() > LONGEST_PATH) {
        throw new IllegalArgumentException(
            "\"%s\" is no path of a socket, such as /var/run/datadog/dsd.socket, of at most %d characters"
                .formatted(path, LONGEST_PATH));
      }
    }
  }

  /**
   * Reads {@code host:port}, an IPv6 address in brackets, or {@code unix:///path}.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  static StatsdAddress parse(String address) {
    if (address.startsWith(UNIX)) {
      return new Unix(address.substring(UNIX.length()));
    }
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? "" : address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    String port = address.substring(colon + 1);
    if (host.isEmpty() || !port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "\"" + address + "\" is neither host:port nor unix:///path");
    }
    return new Udp(host, Integer.parseInt(port));
  }
}
