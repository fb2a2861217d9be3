package dev.batchapi.runtime.collector;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.RecordedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a job's items are. */
final class JobItems {
  private JobItems() {}

  /**
   * Opens them; of files nothing is read yet.
   *
   * @param lines the file of a job whose items stand in a ConfigMap
   * @throws OutputException if they are not those that the job was accepted with
   */
  static Input of(CollectArguments job, Path lines, Stores stores, RecordedJob recorded) {
    var split = job.split();
    if (split != null) {
      return RecordedInput.of(job, new SplitBatches(split, recorded), stores);
    }
    return job.lines() == null
        ? new CountInput(job.items(), job.batchSize())
        : lines(job.lines(), lines, job.batchSize());
  }

  private static Input lines(String digest, Path file, int batchSize) {
    try {
      // The file can be replaced at any moment: what is checked is what is used.
      var content = Files.readAllBytes(file);
      if (Sha256.hex(content).equals(digest)) {
        return JsonLines.of("the input", content, batchSize);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new OutputException(
        OutputProblem.Tampered,
        "The ConfigMap with the job's items does not hold what the job was accepted with: somebody has replaced it.");
  }
}
