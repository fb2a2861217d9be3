package dev.batchapi.guard;

/**
 * How much of something shared one may hold: a part of what is free, so that what is free can't be
 * used up by one nor by many, and nobody has to know how many there are. With half of it, one
 * holder gets a half, two a third each, nine a tenth each, and the tenth comes and finds a tenth
 * free. (Known from switches: Choudhury and Hahne, "Dynamic queue length thresholds", 1998.)
 */
final class Share {
  private Share() {}

  /**
   * Whether one may have more.
   *
   * @param part 1: as much as is free; 8: an eighth of it
   */
  static boolean allows(long held, long more, long free, int part) {
    return (held + more) * part <= free;
  }
}
