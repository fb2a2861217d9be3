package dev.batchapi.data.files;

/**
 * What an input turned out to be.
 *
 * @param files how many
 * @param bytes in them, as they are stored
 * @param items at least 1
 * @param batches at least 1
 */
public record Split(int files, long bytes, int items, int batches) {}
