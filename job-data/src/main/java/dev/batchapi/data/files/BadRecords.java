package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What follows when an item can't be read. */
public enum BadRecords {
  /** It fails alone when its batch is run, and says why; all others are run. */
  @JsonProperty("FailItem")
  FAIL_ITEM,
  /** The job is refused, with a message that names the place. */
  @JsonProperty("Fail")
  FAIL
}
