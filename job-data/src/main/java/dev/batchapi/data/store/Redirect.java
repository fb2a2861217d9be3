package dev.batchapi.data.store;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a web server sends us on to. Not from the outside to the inside: whoever may name a URL
 * could otherwise read what only this machine or cluster can reach, such as a cloud's metadata.
 */
final class Redirect {
  /** As many as browsers and curl follow, roughly. */
  static final int MOST = 10;

  private Redirect() {}

  /**
   * The next address.
   *
   * @param name what messages call the file
   * @throws StoreRefusedException if it isn't followed
   */
  static URI next(String name, URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new StoreRefusedException(
          "%s: the server sends us on to what is no URL.".formatted(name), e);
    }
    var scheme = String.valueOf(to.getScheme());
    var same = scheme.equals(from.getScheme());
    if (to.getHost() == null || !(same || scheme.equals("https"))) {
      throw new StoreRefusedException(
          "%s: the server sends us on to %s, and only http and https are followed, and none from https to http."
              .formatted(name, StoredFile.name(to.toString())));
    }
    if (inside(to.getHost()) && !inside(from.getHost())) {
      throw new StoreRefusedException(
          "%s: the server sends us on to %s, which is inside this network: name that URL itself, if it is meant."
              .formatted(name, StoredFile.name(to.toString())));
    }
    return to;
  }

  private static boolean inside(String host) {
    try {
      return Arrays.stream(InetAddress.getAllByName(host)).anyMatch(Redirect::inside);
    } catch (UnknownHostException e) {
      return false; // It won't be reached either.
    }
  }

  private static boolean inside(InetAddress address) {
    // The first seven bits of fc00::/7 are IPv6's private networks.
    var unique = address.getAddress().length == 16 && (address.getAddress()[0] & 0xFE) == 0xFC;
    return unique
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isAnyLocalAddress();
  }
}
