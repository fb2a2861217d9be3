package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a job is, in one word for people; programs read the conditions. */
public enum JobPhase {
  @JsonProperty("Pending")
  PENDING,
  @JsonProperty("Checking")
  CHECKING,
  @JsonProperty("Splitting")
  SPLITTING,
  @JsonProperty("Enqueuing")
  ENQUEUING,
  @JsonProperty("Running")
  RUNNING,
  @JsonProperty("Suspended")
  SUSPENDED,
  @JsonProperty("Completing")
  COMPLETING,
  @JsonProperty("Collecting")
  COLLECTING,
  @JsonProperty("Succeeded")
  SUCCEEDED,
  @JsonProperty("CompletedWithFailures")
  COMPLETED_WITH_FAILURES,
  @JsonProperty("Failed")
  FAILED,
  @JsonProperty("TimedOut")
  TIMED_OUT,
  @JsonProperty("Cancelled")
  CANCELLED
}
