package dev.batchapi.crds;

/** Sizes in bytes, of JSON in UTF-8. What is over is refused before anything runs. */
public final class Limits {
  /** Items written into a BatchJob, together: every status write rewrites them in etcd. */
  public static final int INLINE_ITEMS = 128 * 1024;

  /** The payload of one batch. */
  public static final int PAYLOAD = 1024 * 1024;

  /** Batches of one job. */
  public static final int BATCHES = 1_000_000;

  private Limits() {}
}
