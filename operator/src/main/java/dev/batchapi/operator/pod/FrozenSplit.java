package dev.batchapi.operator.pod;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where an accepted job's batches lie: what one of its splitters has written, or the operator of a
 * job that runs an earlier one's items again.
 *
 * @param attempt which of its splitters it was, from 0
 * @param digest SHA-256 of that one's last record, which has those of all others in it
 * @param files how many files the job has, or the earlier one; 0: none
 * @param bytes in them, as they are stored
 * @param kept bytes that the queue has of it, about
 */
public record FrozenSplit(
    @JsonProperty(required = true) int attempt,
    @JsonProperty(required = true) String digest,
    @JsonProperty(required = true) int files,
    @JsonProperty(required = true) long bytes,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long kept) {

  /** Whether items lie in files. */
  boolean hasFiles() {
    return files > 0;
  }
}
