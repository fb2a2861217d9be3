package dev.batchapi.queue;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Where a result lies that is too large for the ledger. Whoever has a job's credentials can write
 * any of these, so nothing but a name of its own form, and of its own batch, is one.
 *
 * @param name of the object in the hidden folder of the job's output
 * @param bytes its size, as JSON
 * @param sha256 of its content, in hexadecimal figures
 */
public record StoredResult(String name, long bytes, String sha256) {
  /** Bytes of a result at most. */
  public static final int MAX_BYTES = 64 << 20;

  private static final Pattern NAME = Pattern.compile("[0-9]{1,10}-[0-9a-f]{32}\\.json");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public StoredResult {
    if (!isName(name) || bytes < 1 || bytes > MAX_BYTES || !SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("no reference to a result");
    }
  }

  /** A name that no other attempt has, of this batch or another. */
  public static String newName(int index) {
    var random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return index + "-" + HexFormat.of().formatHex(random) + ".json";
  }

  /** Whether such an object may have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether it is a result of that batch. */
  public boolean isOf(int index) {
    return name.startsWith(index + "-");
  }
}
