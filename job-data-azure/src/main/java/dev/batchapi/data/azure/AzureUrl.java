package dev.batchapi.data.azure;

import dev.batchapi.data.store.StoreRefusedException;

/** {@code az://container/name}; the account is a setting. Nothing in it is encoded. */
record AzureUrl(String container, String name) {
  private static final int SCHEME = "az://".length();

  /**
   * Its parts.
   *
   * @throws StoreRefusedException if there is no container in it
   */
  static AzureUrl of(String url) {
    var slash = url.indexOf('/', SCHEME);
    if (slash <= SCHEME) {
      throw new StoreRefusedException(
          "%s names no container and blob, such as az://container/folder/file.jsonl."
              .formatted(url));
    }
    return new AzureUrl(url.substring(SCHEME, slash), url.substring(slash + 1));
  }

  /** The URL of another blob in the container. */
  String sibling(String other) {
    return "az://" + container + "/" + other;
  }
}
