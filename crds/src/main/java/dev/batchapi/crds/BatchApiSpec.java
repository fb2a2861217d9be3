package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person writes about a BatchAPI. Changing it never changes a job that was accepted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.output) || has(self.storage)",
    message = Rules.OUTPUT_STORAGE,
    fieldPath = ".output")
public record BatchApiSpec(
    @JsonPropertyDescription("The class that handles the batches.") @Required HandlerSpec handler,
    @JsonPropertyDescription(
            "Image of the handler's container. Python: any image with Python 3.9 or newer. Java:"
                + " the runtime image or one built on it. Default: the runtime image of the"
                + " operator's version.")
        @Size(min = 1, max = 512)
        @ValidationRule(value = "self.matches('" + Syntax.IMAGE + "')", message = Rules.IMAGE)
        @Nullable String image,
    @JsonPropertyDescription(
            "CPU, memory and other resources of the handler's container, per worker. Default:"
                + " none.")
        @Nullable Resources resources,
    @JsonPropertyDescription(
            "Environment variables of the handler's container, at most 100. Default: none.")
        @Size(max = 100)
        @Nullable List<EnvVar> env,
    @JsonPropertyDescription(
            "Part of a pod template that the workers' pods are built on: nodeSelector, tolerations,"
                + " volumes and so on. The platform's own settings are laid on top. Checked by a"
                + " dry run when the BatchAPI is applied. Default: none.")
        @Nullable PodTemplate template,
    @JsonPropertyDescription(
            "How many items the handler gets at once, 1 to 100,000; the last batch may be shorter."
                + " A batch may have at most 1 MiB as JSON. Default: 1.")
        @Default("" + BatchApiSpec.BATCH_SIZE)
        @Min(1)
        @Max(100000)
        @Nullable Integer batchSize,
    @JsonPropertyDescription("How often a batch is tried before it is given up.")
        @Default("{\"maxAttempts\":3,\"initialBackoffSeconds\":1,\"maxBackoffSeconds\":60}")
        @Nullable Retry retry,
    @JsonPropertyDescription("How long things may take, in seconds. Default: no limits.")
        @Nullable Timeouts timeouts,
    @JsonPropertyDescription(BatchApiSpec.MAX_FAILED_BATCHES)
        @ValidationRule(value = BatchApiSpec.LIMIT_RULE, message = Rules.FAILURE_LIMIT)
        @Nullable FailureLimit maxFailedBatches,
    @JsonPropertyDescription(
            "How many items may fail before the job is stopped early with TooManyFailures: a"
                + " number, or a percentage of all items, rounded down. Items that failed alone"
                + " count, and all items of batches that failed as a whole. Default: no limit.")
        @ValidationRule(value = BatchApiSpec.LIMIT_RULE, message = Rules.ITEM_FAILURE_LIMIT)
        @Nullable FailureLimit maxFailedItems,
    @JsonPropertyDescription(
            "How many items a second may be handed to the handlers of a job at the most, for those that"
                + " call paid or shared services. Items that are tried again count again; waiting for"
                + " the rate counts into no timeout but runSeconds. Default: no limit.")
        @Nullable RateLimit rateLimit,
    @JsonPropertyDescription("Where the metrics of the handler go, and with which tags.")
        @Nullable Metrics metrics,
    @JsonPropertyDescription(
            "What jobs may read as input.files and write as output, and with whose rights. Default:"
                + " nothing.")
        @Nullable Storage storage,
    @JsonPropertyDescription(
            "Where the results of jobs go that have no output themselves; needs storage. Default:"
                + " each job's go into the ConfigMap <job>-results.")
        @Nullable DefaultOutput output,
    @JsonPropertyDescription(
            "Jobs to run at once, at most 20, keyed by name: each becomes the BatchJob"
                + " <api>-<name>, once. Adding an entry submits it, removing one deletes its"
                + " BatchJob; an entry cannot be edited. Default: none.")
        @Size(max = 20)
        @Nullable List<JobEntry> jobs) {

  static final String MAX_FAILED_BATCHES =
      "How many batches may fail before the job is stopped early with TooManyFailures: a number,"
          + " such as 10, or a percentage of all batches, rounded down, such as 5%, which is 0 of"
          + " fewer than 20. With 0 the first failed batch stops it. As long as nothing has"
          + " succeeded, the job is stopped too when as many attempts have failed as that many"
          + " batches and one more would take, at least 30. Default: no limit, all batches are"
          + " run.";

  /** Items per batch where neither the BatchJob nor the BatchAPI says how many. */
  public static final int BATCH_SIZE = 1;

  static final String LIMIT_RULE =
      "type(self) == int ? self >= 0 : self.matches('" + Syntax.PERCENT + "')";
}
