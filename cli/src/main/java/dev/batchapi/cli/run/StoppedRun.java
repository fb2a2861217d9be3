package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.data.input.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a run with a folder for its results is known by when it is to go on: the same items, cut
 * into the same batches. The handler may be another one, for a mended handler is why people go on.
 *
 * @param namespace the job's
 * @param name the job's
 * @param uid the run's; what handlers know as the job's id stays the same
 * @param items how many the input has
 * @param batchSize how many items a batch has
 * @param input a fingerprint of the items, or of the files that they stand in
 */
record StoppedRun(
    String namespace, String name, String uid, int items, int batchSize, String input) {
  private static final String FILE = "run.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  static StoppedRun of(NamedSpec<BatchJobSpec> job, String uid, Input input) {
    return new StoppedRun(
        job.namespace(), job.name(), uid, input.items(), input.batchSize(), input.fingerprint());
  }

  void write(Path folder) throws IOException {
    var part = folder.resolve(FILE + ".part");
    Files.write(part, JSON.writeValueAsBytes(this));
    Files.move(part, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** From now on nobody goes on with it. */
  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  /** Empty if there is none; one that is broken counts as none. */
  static Optional<StoppedRun> read(Path folder) {
    try {
      return Optional.ofNullable(
          JSON.readValue(Files.readAllBytes(folder.resolve(FILE)), StoppedRun.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Looks whether a run can go on where this one stopped.
   *
   * @throws UsageException if not: what is different, and the way out
   */
  void refuseAnother(Path place, StoppedRun now) {
    String difference = null;
    if (!name.equals(now.name)) {
      difference =
          "the run there was of job \"%s\", and this is job \"%s\"".formatted(name, now.name);
    } else if (!namespace.equals(now.namespace)) {
      difference =
          "the run there was in namespace \"%s\", and this is in namespace \"%s\""
              .formatted(namespace, now.namespace);
    } else if (batchSize != now.batchSize) {
      difference =
          "its batches had %,d items each, and now batchSize is %,d"
              .formatted(batchSize, now.batchSize);
    } else if (items != now.items) {
      difference = "its input had %,d items, and now it has %,d".formatted(items, now.items);
    } else if (!input.equals(now.input)) {
      difference = "its input has changed since it began";
    }
    if (difference != null) {
      throw new UsageException(
          "--resume %s can't go on: %s. Bring back what it had, or start anew with --results and another folder."
              .formatted(place, difference));
    }
  }
}
