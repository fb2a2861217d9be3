package dev.batchapi.queue;

/**
 * What an open job's workers have written to the ledger, and how much of it is of no use. An honest
 * worker writes one outcome for each batch and one attempt record for each failure, loss or return
 * of a batch.
 *
 * @param bytes all that was written, with headers
 * @param garbage records that no worker of ours writes: of a batch that the job doesn't have, or
 *     with headers that can't be
 * @param garbageBytes theirs
 * @param idle attempt records that told nothing new, lately: one is forgotten every second
 */
public record Usage(long bytes, long garbage, long garbageBytes, long idle) {
  public static final Usage NONE = new Usage(0, 0, 0, 0);
}
