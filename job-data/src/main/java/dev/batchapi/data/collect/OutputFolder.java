package dev.batchapi.data.collect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.data.results.LineFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Stores;
import dev.batchapi.data.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one job's results, in a store. A job takes it before it is accepted, by an object
 * that is created only if there is none: {@code .batches/owner.json}. Whoever finds another job's
 * uid there, or another job's manifest, keeps its hands off.
 */
public final class OutputFolder {
  private static final String HIDDEN = BatchResults.FOLDER;
  private static final String OWNER = HIDDEN + "owner.json";

  /** Far more than a manifest has: of 10,000 files it is 1.5 MiB. */
  private static final int MOST_BYTES = 16 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final String url;
  private final Owner owner;
  private final Store store;

  /**
   * @param url with a slash at its end
   * @param job whose it is, or is to be
   */
  public OutputFolder(String url, Manifest.Job job, Stores stores) {
    this(url, Owner.of(job, null), stores);
  }

  /**
   * @param url with a slash at its end
   * @param owner whose it is, or is to be
   */
  public OutputFolder(String url, Owner owner, Stores stores) {
    this.url = url;
    this.owner = owner;
    this.store = stores.of(url);
  }

  /**
   * Whose a folder is, as the object says that takes it.
   *
   * @param cluster where the job is known, so that it can be found out whether it is gone; null: no
   *     cluster knows it
   */
  @JsonPropertyOrder({"namespace", "name", "uid", "apiName", "cluster"})
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Owner(
      String namespace, String name, String uid, String apiName, @Nullable String cluster) {
    /** Of a job. */
    public static Owner of(Manifest.Job job, @Nullable String cluster) {
      return new Owner(job.namespace(), job.name(), job.uid(), job.apiName(), cluster);
    }

    private Manifest.Job job() {
      return new Manifest.Job(namespace, name, uid, apiName);
    }
  }

  /** Where a file of the folder is. */
  public String url(String name) {
    return url + name;
  }

  /**
   * Takes an empty folder for the job, if the job has not taken it before; a store that would not
   * keep it for the job is found out.
   *
   * @throws OutputException if it is taken or in use, or the store is not fit
   * @throws dev.batchapi.data.store.StoreRefusedException if the store refuses
   * @throws StoreUnavailableException if the store is away
   */
  public void take() {
    refuseManifest();
    store.list(url("results-"), 1, file -> refuseFile(file.url()));
    if (store.find(url("errors.jsonl")) != null) {
      refuseFile(url("errors.jsonl"));
    }
    own();
    if (write(OWNER, json())) {
      release();
      throw new OutputException(
          OutputProblem.OutputRefused,
          "The store of %s replaces objects although it is told not to (If-None-Match: *), so that results could be lost: name a folder in a store that knows conditional writes."
              .formatted(url));
    }
  }

  /**
   * Makes sure that the folder is the job's, or takes it: a job's own, whose owner's object
   * somebody has removed.
   *
   * @throws OutputException if it is another's
   */
  public void own() {
    if (write(OWNER, json())) {
      return;
    }
    var found = job(OWNER, Owner.class);
    if (found == null || !owner.uid().equals(found.uid())) {
      throw new FolderTakenException(
          "%s is taken by %s, whose results are not there yet: name another folder%s; or, if that job is gone for good, delete %s."
              .formatted(
                  url,
                  name(found == null ? null : found.job()),
                  found == null || found.cluster() == null ? "" : ", or delete that BatchJob",
                  url(OWNER)),
          found);
    }
  }

  /**
   * Gives the folder back if the job has taken it; one that is another's, or nobody's, stays as it
   * is.
   *
   * @throws dev.batchapi.data.store.StoreRefusedException if the store refuses
   * @throws StoreUnavailableException if the store is away
   */
  public void leave() {
    leave(owner.uid(), null);
  }

  /**
   * The same for a job that is gone for good and can't do it any more.
   *
   * @param gone what the folder must say of it
   */
  public void leave(Owner gone) {
    leave(gone.uid(), gone);
  }

  private void leave(String uid, @Nullable Owner whole) {
    var bytes = read(OWNER);
    var found = bytes == null ? null : parse(bytes, Owner.class);
    if (found != null && uid.equals(found.uid()) && (whole == null || whole.equals(found))) {
      release();
    }
  }

  /**
   * As {@link #leave()}, where a store that refuses it changes nothing of what is to be said: all
   * results are there, or there will be none.
   *
   * @return why traces stay; empty if none do
   */
  public Optional<String> giveBack() {
    try {
      leave();
      return Optional.empty();
    } catch (StoreRefusedException e) {
      return Optional.of("what shows whose the folder was stays in .batches/: " + e.getMessage());
    }
  }

  /**
   * Takes away the result files of the folder, which is the job's own and has no manifest: nobody
   * has seen a whole set.
   */
  public void removeFiles() {
    var files = new ArrayList<String>();
    store.list(url("results-"), 1, file -> files.add(file.url()));
    files.stream()
        .filter(file -> LineFiles.isName(file.substring(url.length())))
        .forEach(store::delete);
    store.delete(url("errors.jsonl"));
  }

  /** Gives the folder back, or takes the last traces of having taken it away. */
  public void release() {
    store.tidy(url);
    store.delete(url(OWNER));
    store.delete(url(HIDDEN));
  }

  /**
   * The job's own manifest: all its files are there then.
   *
   * @throws OutputException if the manifest is another job's
   */
  public Optional<byte[]> manifest() {
    var bytes = read(Manifest.NAME);
    if (bytes == null) {
      return Optional.empty();
    }
    var uid = parse(bytes, Manifest.class);
    if (!isOurs(uid)) {
      throw manifestExists(uid);
    }
    return Optional.of(bytes);
  }

  /** Other programs have a manifest.json, too. */
  private boolean isOurs(@Nullable Manifest found) {
    return found != null
        && found.job() != null
        && found.files() != null
        && owner.uid().equals(found.job().uid());
  }

  private void refuseManifest() {
    manifest(); // another's; its own is none of a job that has not been accepted
  }

  private OutputException manifestExists(@Nullable Manifest found) {
    return exists(
        "%s has the results of %s%s: name another folder, or move those away."
            .formatted(
                url,
                name(found == null ? null : found.job()),
                found == null || found.verdict() == null ? "" : " (" + found.verdict() + ")"));
  }

  private void refuseFile(String file) {
    if (LineFiles.isName(file.substring(url.length()))) {
      throw exists(
          "%s is there already, of a job that left no manifest: name another folder, or move it away."
              .formatted(file));
    }
  }

  private static String name(Manifest.@Nullable Job other) {
    return other == null
        ? "another job"
        : "job \"%s\" in namespace \"%s\" (uid %s)"
            .formatted(other.name(), other.namespace(), other.uid());
  }

  private static OutputException exists(String message) {
    return new OutputException(OutputProblem.OutputExists, message);
  }

  /** Begins a file; see {@link Store#create}. */
  public Upload create(String name) {
    return store.create(url(name));
  }

  /** What is there under a name; null if nothing is. See {@link Store#open}. */
  public @Nullable InputStream open(String name) {
    var file = store.find(url(name));
    return file == null ? null : store.open(file, 0, file.size());
  }

  /**
   * Writes a whole file.
   *
   * @return whether it did; otherwise there is one
   */
  boolean write(String name, byte[] content) {
    try (var upload = create(name)) {
      upload.write(content);
      return upload.commit();
    }
  }

  private <T> @Nullable T job(String name, Class<T> type) {
    var bytes = read(name);
    if (bytes == null) {
      throw new StoreUnavailableException(
          "%s was there, and is gone in the same moment.".formatted(url(name)), null);
    }
    return parse(bytes, type);
  }

  private static <T> @Nullable T parse(byte[] json, Class<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (IOException e) {
      return null; // written by something else
    }
  }

  byte @Nullable [] read(String name) {
    try (var in = open(name)) {
      return in == null ? null : in.readNBytes(MOST_BYTES);
    } catch (FileChangedException | IOException e) {
      throw new StoreUnavailableException(
          "%s can't be read: %s".formatted(url(name), e.getMessage()), e);
    }
  }

  private byte[] json() {
    try {
      return JSON.writeValueAsBytes(owner);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
