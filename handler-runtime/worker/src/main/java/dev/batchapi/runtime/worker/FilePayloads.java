package dev.batchapi.runtime.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.Lease;
import java.util.function.Supplier;

/**
 * Payloads that lie in files: the queue carries where. Loaded only by workers of jobs with files.
 */
final class FilePayloads implements Payloads {
  private final BatchReader reader;

  FilePayloads(FilesSpec files, Stores stores) {
    reader = new BatchReader(files, stores);
  }

  /**
   * Of a run's files.
   *
   * @throws IllegalArgumentException if it is no description of files
   */
  static FilePayloads of(ObjectNode files, Stores stores) {
    try {
      return new FilePayloads(new JsonMapper().treeToValue(files, FilesSpec.class), stores);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the run's files can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Fetched of(Lease lease) {
    return of(() -> Fetched.of(reader.read(BatchRef.read(lease.payload()))));
  }

  /** The same of pieces of an earlier job's batches, whose files these are. */
  Fetched again(Lease lease) {
    return of(() -> RerunPayloads.of(lease, reader::read));
  }

  private static Fetched of(Supplier<Fetched> reading) {
    try {
      return reading.get();
    } catch (InputException e) {
      return new Fetched.Invalid(String.valueOf(e.getMessage()));
    } catch (FileChangedException e) {
      return new Fetched.Changed(String.valueOf(e.getMessage()));
    } catch (StoreUnavailableException e) {
      return new Fetched.Away(String.valueOf(e.getMessage()));
    } catch (StoreRefusedException e) {
      return new Fetched.Refused(String.valueOf(e.getMessage()));
    }
  }
}
