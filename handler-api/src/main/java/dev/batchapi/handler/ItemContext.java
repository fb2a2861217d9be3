package dev.batchapi.handler;

/**
 * Which item is being handled.
 *
 * @param number position of the item in the job, from 0
 * @param batch the batch that it came with, and the attempt
 */
public record ItemContext(int number, BatchContext batch) {}
