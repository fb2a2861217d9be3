package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator says about a BatchJob. The status of a finished job is final. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchJobStatus(
    @JsonPropertyDescription(
            "Finished at every end, with exactly one of Complete (every batch succeeded) and Failed"
                + " (its reason says why); on the way Accepted, Enqueued, WorkersReady, Waiting,"
                + " Suspended, of a job whose workers had to wait for a store StorageAvailable, and of"
                + " one with an output OutputWritten.")
        @Size(max = 16)
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("Where the job is, in one word for people; programs read conditions.")
        @Nullable JobPhase phase,
    @JsonPropertyDescription("How many batches the job has, and how far they are.")
        @Nullable Batches batches,
    @JsonPropertyDescription(
            "How many items the job has, and what became of them; those of batches without an outcome"
                + " are in neither number.")
        @Nullable Items items,
    @JsonPropertyDescription(
            "What the files of input.files, or of the earlier job of a rerun, were when the job was"
                + " accepted.")
        @Nullable Input input,
    @JsonPropertyDescription("Attempts that failed, of all batches together.") @Min(0)
        @Nullable Integer failedAttempts,
    @JsonPropertyDescription(
            "The first 10 batches that failed, by index; then, up to 10 together, the first items that"
                + " failed alone.")
        @Size(max = 10)
        @Nullable List<Failure> failures,
    @JsonPropertyDescription("How many workers there are.") @Nullable Workers workers,
    @JsonPropertyDescription("Selects the workers' pods; the scale subresource reads it.")
        @LabelSelector
        @Size(max = 1024)
        @Nullable String selector,
    @JsonPropertyDescription("The metadata.generation that this status was computed from.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "When the job was accepted, in RFC 3339; the handler gets it as start_time.")
        @Size(max = 64)
        @Nullable String acceptedTime,
    @JsonPropertyDescription(
            "SHA-256 of the job as it was accepted: what lies in its namespace is held to it at every"
                + " read, and a job of which anything was replaced ends as RunTampered.")
        @Size(max = 64)
        @Nullable String runDigest,
    @JsonPropertyDescription(
            "When the first worker was ready, in RFC 3339; timeouts.runSeconds counts from here.")
        @Size(max = 64)
        @Nullable String startTime,
    @JsonPropertyDescription("When the job ended, in RFC 3339.") @Size(max = 64)
        @Nullable String completionTime,
    @JsonPropertyDescription(
            "Bytes that the queue keeps of the job until the BatchJob goes: what its workers have"
                + " written, results above all, and of files and reruns where the batches lie, about."
                + " They count for its namespace's share.")
        @Min(0)
        @Nullable Long queueBytes,
    @JsonPropertyDescription(
            "Where the job's results and errors are. Of a job without output once it has ended, and none"
                + " if they are too large or could not be written, which the condition Finished then"
                + " says.")
        @Nullable Output output,
    @JsonPropertyDescription(
            "Percent of the files that are split, or of the results that are collected, while the phase"
                + " is Splitting or Collecting; the condition Accepted, or OutputWritten, has the"
                + " numbers. None if nobody knows, and back to 0 if a pod had to begin again.")
        @Min(0)
        @Max(99)
        @Nullable Integer progress) {

  /** Of a job for which nothing is split or collected. */
  public BatchJobStatus(
      @Nullable List<Condition> conditions,
      @Nullable JobPhase phase,
      @Nullable Batches batches,
      @Nullable Items items,
      @Nullable Input input,
      @Nullable Integer failedAttempts,
      @Nullable List<Failure> failures,
      @Nullable Workers workers,
      @Nullable String selector,
      @Nullable Long observedGeneration,
      @Nullable String acceptedTime,
      @Nullable String runDigest,
      @Nullable String startTime,
      @Nullable String completionTime,
      @Nullable Long queueBytes,
      @Nullable Output output) {
    this(
        conditions,
        phase,
        batches,
        items,
        input,
        failedAttempts,
        failures,
        workers,
        selector,
        observedGeneration,
        acceptedTime,
        runDigest,
        startTime,
        completionTime,
        queueBytes,
        output,
        null);
  }

  /** Of a job of whose items nothing is said. */
  public BatchJobStatus(
      @Nullable List<Condition> conditions,
      @Nullable JobPhase phase,
      @Nullable Batches batches,
      @Nullable Input input,
      @Nullable Integer failedAttempts,
      @Nullable List<Failure> failures,
      @Nullable Workers workers,
      @Nullable String selector,
      @Nullable Long observedGeneration,
      @Nullable String acceptedTime,
      @Nullable String runDigest,
      @Nullable String startTime,
      @Nullable String completionTime,
      @Nullable Long queueBytes,
      @Nullable Output output) {
    this(
        conditions,
        phase,
        batches,
        null,
        input,
        failedAttempts,
        failures,
        workers,
        selector,
        observedGeneration,
        acceptedTime,
        runDigest,
        startTime,
        completionTime,
        queueBytes,
        output);
  }

  /** The same with other conditions. */
  public BatchJobStatus with(List<Condition> others) {
    return with(others, progress);
  }

  /** The same with how far splitting or collecting is. */
  public BatchJobStatus withProgress(@Nullable Integer percent) {
    return with(conditions, percent);
  }

  private BatchJobStatus with(@Nullable List<Condition> others, @Nullable Integer percent) {
    return new BatchJobStatus(
        others,
        phase,
        batches,
        items,
        input,
        failedAttempts,
        failures,
        workers,
        selector,
        observedGeneration,
        acceptedTime,
        runDigest,
        startTime,
        completionTime,
        queueBytes,
        output,
        percent);
  }

  /** Counts of items. */
  public record Items(
      @JsonPropertyDescription("All items of the job.") @Required @Min(0) Integer total,
      @JsonPropertyDescription("Items that did not fail, of batches that have an outcome.")
          @Required
          @Min(0)
          Integer succeeded,
      @JsonPropertyDescription(
              "Items that failed alone, and all items of batches that failed as a whole.")
          @Required
          @Min(0)
          Integer failed) {}

  /** Counts of batches; {@code total = succeeded + failed + remaining}. */
  public record Batches(
      @JsonPropertyDescription("All batches of the job.") @Required @Min(0) Integer total,
      @JsonPropertyDescription(
              "Batches with an outcome of their own, also if some of their items failed.")
          @Required
          @Min(0)
          Integer succeeded,
      @JsonPropertyDescription("Batches given up, after their last attempt.") @Required @Min(0)
          Integer failed,
      @JsonPropertyDescription("Batches that have no outcome yet.") @Required @Min(0)
          Integer remaining) {}

  /** The files that a job reads; none of them may change while it runs. */
  public record Input(
      @JsonPropertyDescription("How many files.") @Required @Min(0) Integer files,
      @JsonPropertyDescription("Bytes of them all, as they are stored.") @Required @Min(0)
          Long bytes,
      @JsonPropertyDescription("Items in them.") @Required @Min(0) Integer items) {}

  /** A batch that failed, or an item that failed alone. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Failure(
      @JsonPropertyDescription("Position of the batch in the job, from 0.") @Required @Min(0)
          Integer index,
      @JsonPropertyDescription("Position of the item in the job, from 0; none for a whole batch.")
          @Min(0)
          @Nullable Integer item,
      @JsonPropertyDescription(
              "Where the item stands, such as data.csv:17; none for one of no file.")
          @Size(max = 1024)
          @Nullable String source,
      @JsonPropertyDescription("How often it was tried.") @Required @Min(0) Integer attempts,
      @JsonPropertyDescription(
              "How long its last attempt ran, in seconds; none if that is not known, as of an item in a"
                  + " list that handle_batch returned.")
          @Min(0)
          @Max(1000000000)
          @Nullable Double seconds,
      @JsonPropertyDescription("Why, in one word, such as HandlerFailed or WorkerLost.")
          @Required
          @Size(min = 1, max = 128)
          String reason,
      @JsonPropertyDescription("Its last error, shortened to 1 KiB.") @Required @Size(max = 1024)
          String message) {
    /** Of a whole batch. */
    public Failure(Integer index, Integer attempts, String reason, String message) {
      this(index, null, null, attempts, null, reason, message);
    }
  }

  /** Where results and errors are. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Output(
      @JsonPropertyDescription(
              "A ConfigMap of the namespace with results.jsonl and errors.jsonl; it goes with the"
                  + " BatchJob.")
          @Size(max = 253)
          @Nullable String configMap,
      @JsonPropertyDescription(
              "The folder of the job's output, from its acceptance on; the files stay when the BatchJob"
                  + " goes.")
          @Size(max = 1024)
          @Nullable String path,
      @JsonPropertyDescription(
              "How many files are in it beside manifest.json; set when all of them are there.")
          @Min(0)
          @Nullable Integer files,
      @JsonPropertyDescription("Bytes in those files.") @Min(0) @Nullable Long bytes) {

    /** In a ConfigMap. */
    public static Output inConfigMap(String name) {
      return new Output(name, null, null, null);
    }

    /** In a folder, in which nothing is yet. */
    public static Output toBeIn(String path) {
      return new Output(null, path, null, null);
    }
  }

  /** Counts of workers. */
  public record Workers(
      @JsonPropertyDescription("How many there should be.") @Required @Min(0) Integer desired,
      @JsonPropertyDescription("Started, not ready yet.") @Required @Min(0) Integer pending,
      @JsonPropertyDescription("Ready, with a handler constructed.")
          @Required
          @Min(0)
          @StatusReplicas
          Integer ready,
      @JsonPropertyDescription("Lost and replaced so far.") @Required @Min(0) Integer lost) {}
}
