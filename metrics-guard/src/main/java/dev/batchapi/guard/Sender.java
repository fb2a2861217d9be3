package dev.batchapi.guard;

/** What one address sends and holds. An address, not a program: nothing else is known of it. */
final class Sender {
  /** Series that were new when it sent them, and still are at the exporter. */
  int series;

  /** Names and sets of tag keys that were new when it sent them. */
  int shapes;

  /** Of what waits for the exporter, see {@link Outgoing}. */
  long queued;

  /** Bytes of it that were read in that window, see {@link Load}. */
  long windowBytes;

  long window;

  /** In seconds of the guard's clock. */
  int lastSeen;
}
