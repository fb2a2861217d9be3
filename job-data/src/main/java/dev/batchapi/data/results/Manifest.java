package dev.batchapi.data.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written last, when all other files of a job are whole: who sees it sees all of them. It
 * holds nothing that differs between two runs with the same outcomes but the job's uid and, of the
 * command, {@code input}.
 *
 * @param job whose results these are
 * @param verdict how the job ended, such as {@code Complete} or {@code Cancelled}
 * @param message the same for people
 * @param items what became of them
 * @param batches what became of them
 * @param input a fingerprint of what a run of the command read; null of a job of a cluster
 * @param files in the order in which they are to be read
 */
@JsonPropertyOrder({"job", "verdict", "message", "items", "batches", "input", "files"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
    Job job,
    String verdict,
    String message,
    Items items,
    Batches batches,
    @Nullable String input,
    List<File> files) {
  /** Of a job of a cluster. */
  public Manifest(
      Job job, String verdict, String message, Items items, Batches batches, List<File> files) {
    this(job, verdict, message, items, batches, null, files);
  }

  /** Its name among the other files. */
  public static final String NAME = "manifest.json";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT);

  /** The job that wrote it; the uid tells runs of one name apart. */
  @JsonPropertyOrder({"namespace", "name", "uid", "apiName"})
  public record Job(String namespace, String name, String uid, String apiName) {}

  /** How many items the job has, and how many ended how, in their batches or alone. */
  @JsonPropertyOrder({"total", "succeeded", "failed", "notDone"})
  public record Items(int total, int succeeded, int failed, int notDone) {
    /** Of items of which so many have their end. */
    public static Items of(int total, int succeeded, int failed) {
      return new Items(total, succeeded, failed, total - succeeded - failed);
    }
  }

  /** How many batches there are, and how many ended how. */
  @JsonPropertyOrder({"total", "succeeded", "failed", "notDone"})
  public record Batches(int total, int succeeded, int failed, int notDone) {}

  /**
   * One file.
   *
   * @param name beside the manifest
   * @param lines how many it has
   * @param bytes its size
   * @param sha256 of its content, as lower case hexadecimal
   */
  @JsonPropertyOrder({"name", "lines", "bytes", "sha256"})
  public record File(String name, long lines, long bytes, String sha256) {}

  /** As JSON for people and programs. */
  public byte[] toJson() {
    try {
      return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException if it is something else
   */
  public static Manifest read(byte[] json) throws IOException {
    return JSON.readValue(json, Manifest.class);
  }
}
