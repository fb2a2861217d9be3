package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.CollectorVariable;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.SplitterVariable;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.NatsServer;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A job over files of a real store, whose splitter and collector are the image's own processes. Its
 * workers are played: each batch has a list of numbers for its result.
 */
final class DataJob {
  private static final int WINDOW = 256;

  private final String uid;
  private final List<String> paths;
  private final int batchSize;
  private final NatsServer nats;
  private final VersityGw store;
  private final Path folder;

  /**
   * @param paths of the input, in the bucket {@code data}
   * @param folder for logs
   */
  DataJob(
      String uid,
      List<String> paths,
      int batchSize,
      NatsServer nats,
      VersityGw store,
      Path folder) {
    this.uid = uid;
    this.paths = paths;
    this.batchSize = batchSize;
    this.nats = nats;
    this.store = store;
    this.folder = folder;
  }

  /** Runs a splitter. */
  DataProgram.Run split() throws IOException, InterruptedException {
    var arguments = new SplitArguments(FilesSpec.of(paths), List.of("s3://data/"), batchSize);
    var env = new HashMap<>(store.env());
    env.put(SplitterVariable.ARGUMENTS, arguments.toJson());
    env.put(SplitterVariable.JOB, uid);
    env.put(SplitterVariable.ATTEMPT, "0");
    return DataProgram.run("splitter", nats.splitter(uid), env, folder);
  }

  /** What the splitter has found. */
  SplitEnd input(JetStreamLedger owner) {
    return SplitEnd.read(record(owner));
  }

  private byte[] record(JetStreamLedger owner) {
    return Objects.requireNonNull(owner.splits().read(uid, 0, SplitEnd.NAME), "no end of a split");
  }

  /** Plays the workers, then the end. */
  void work(JetStreamLedger owner) throws Exception {
    var input = input(owner);
    var access = nats.worker(uid);
    var connection =
        Nats.connect(
            Options.builder()
                .server(nats.url())
                .authHandler(
                    Nats.staticCredentials(
                        Files.readAllBytes(Objects.requireNonNull(access.credentials()))))
                .inboxPrefix("_INBOX_" + uid + ".")
                .build());
    try {
      var sent = new ArrayDeque<CompletableFuture<Message>>();
      for (var index = 0; index < input.batches(); index++) {
        var items = Math.min(batchSize, input.items() - index * batchSize);
        var headers =
            new Headers()
                .put("Batch-Outcome", "SUCCEEDED")
                .put("Batch-Attempts", "1")
                .put("Batch-Failures", "0");
        var result = ("[0" + ",0".repeat(items - 1) + "]").getBytes(UTF_8);
        sent.add(connection.request("out." + uid + "." + index, headers, result));
        if (sent.size() == WINDOW) {
          sent.remove().get(60, TimeUnit.SECONDS);
        }
      }
      for (var one : sent) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      connection.close();
    }
    owner.end(uid, new End(Verdict.Complete, "", Instant.now()));
  }

  /**
   * Runs a collector into a folder of the bucket {@code out}.
   *
   * @param include what lines have besides
   */
  DataProgram.Run collect(JetStreamLedger owner, List<CollectArguments.Include> include)
      throws IOException, InterruptedException {
    var input = input(owner);
    var arguments =
        new CollectArguments(
            "s3://out/" + uid + "/",
            include,
            List.of("s3://data/", "s3://out/"),
            new Manifest.Job("team", "monday", uid, "digits"),
            "Complete",
            "",
            input.items(),
            input.batches(),
            batchSize,
            FilesSpec.of(paths),
            new CollectArguments.Split(0, Sha256.hex(record(owner))),
            null);
    Map<String, String> env = new HashMap<>(store.env());
    env.put(CollectorVariable.ARGUMENTS, arguments.toJson());
    env.put(CollectorVariable.JOB, uid);
    env.put(CollectorVariable.ATTEMPT, "0");
    return DataProgram.run("collector", nats.collector(uid), env, folder);
  }

  /** What the collector has written. */
  CollectEnd output(JetStreamLedger owner) {
    return CollectEnd.read(Objects.requireNonNull(owner.splits().collected(uid, 0)));
  }
}
