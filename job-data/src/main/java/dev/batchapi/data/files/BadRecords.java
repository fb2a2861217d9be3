package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What follows when an item can't be read. */
public enum BadRecords {
  /** The job is refused, with a message that names the place. */
  @JsonProperty("Fail")
  FAIL
}
