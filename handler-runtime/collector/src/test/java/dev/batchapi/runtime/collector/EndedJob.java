package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.CollectorVariable;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.StoredResult;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamSplitWriter;
import dev.batchapi.queue.jetstream.NatsServer;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A job over a file in a real store, as its workers and its owner have left it in a real queue:
 * every 17th batch failed, every 19th was never done, the others have a list of results.
 */
record EndedJob(String uid, int batches, FilesSpec files, CollectArguments.Split split) {
  static final int BATCH_SIZE = 4;
  static final String IN = "s3://data/in/items.jsonl";

  /** Writes input, splitter's records, outcomes and the end. */
  static EndedJob of(String uid, int batches, int bytesEach, NatsServer nats, VersityGw store)
      throws Exception {
    return of(uid, batches, bytesEach, Map.of(), nats, store);
  }

  /**
   * The same.
   *
   * @param stored results that lie in objects, of some of the batches that would not be done
   */
  static EndedJob of(
      String uid,
      int batches,
      int bytesEach,
      Map<Integer, StoredResult> stored,
      NatsServer nats,
      VersityGw store)
      throws Exception {
    var spec = FilesSpec.of(List.of(IN));
    var split = split(uid, spec, nats, store);
    outcomes(uid, batches, bytesEach, stored, nats);
    try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      ledger.end(uid, new End(Verdict.BatchesFailed, "Some failed.", Instant.now()));
    }
    return new EndedJob(uid, batches, spec, split);
  }

  static byte[] items(int batches) {
    var lines = new StringBuilder();
    for (var i = 0; i < batches * BATCH_SIZE; i++) {
      lines.append("{\"id\": ").append(i).append("}\n");
    }
    return lines.toString().getBytes(UTF_8);
  }

  private static CollectArguments.Split split(
      String uid, FilesSpec spec, NatsServer nats, VersityGw store) {
    try (var writer =
            JetStreamSplitWriter.connect(nats.splitter(uid), uid, 2, JetStreamSettings.DEFAULT);
        var stores = Stores.of(store.env(), Path.of("/"))) {
      var sink = new ChunkSink((number, lines) -> writer.write(Integer.toString(number), lines));
      var split = new Splitter(Listing.of(spec, stores), spec, BATCH_SIZE, stores).split(sink);
      var end =
          new SplitEnd(
                  "",
                  split.files(),
                  split.bytes(),
                  split.items(),
                  split.batches(),
                  sink.end(),
                  null)
              .toJson();
      writer.write(SplitEnd.NAME, end);
      return new CollectArguments.Split(2, Sha256.hex(end));
    }
  }

  private static void outcomes(
      String uid, int batches, int bytesEach, Map<Integer, StoredResult> stored, NatsServer nats)
      throws Exception {
    var credentials = Files.readAllBytes(Objects.requireNonNull(nats.worker(uid).credentials()));
    var worker =
        Nats.connect(
            Options.builder()
                .server(nats.url())
                .authHandler(Nats.staticCredentials(credentials))
                .inboxPrefix("_INBOX_" + uid + ".")
                .build());
    try {
      var sent = new ArrayList<CompletableFuture<Message>>();
      for (var index = batches - 1; index >= 0; index--) {
        if (index % 19 != 0) {
          var failed = index % 17 == 0;
          var headers =
              new Headers()
                  .put("Batch-Outcome", failed ? "FAILED" : "SUCCEEDED")
                  .put("Batch-Attempts", failed ? "3" : "1")
                  .put("Batch-Failures", failed ? "3" : "0");
          var body = failed ? error(index) : result(index, bytesEach);
          sent.add(worker.request("out." + uid + "." + index, headers, body));
        }
      }
      stored.forEach(
          (index, its) ->
              sent.add(
                  worker.request(
                      "out." + uid + "." + index,
                      new Headers()
                          .put("Batch-Outcome", "SUCCEEDED")
                          .put("Batch-Attempts", "1")
                          .put("Batch-Failures", "0")
                          .put("Batch-Result", its.name() + " " + its.bytes() + " " + its.sha256()),
                      new byte[0])));
      for (var one : sent) {
        one.get(30, TimeUnit.SECONDS);
      }
    } finally {
      worker.close();
    }
  }

  private static byte[] error(int index) {
    return BatchError.of(BatchError.Reason.HandlerFailed, "batch " + index + " is no good")
        .toJson();
  }

  private static byte[] result(int index, int bytesEach) {
    var one = "\"" + Integer.toString(index).repeat(bytesEach).substring(0, bytesEach) + "\"";
    return ("[" + String.join(",", one, one, one, one) + "]").getBytes(UTF_8);
  }

  Manifest.Job job() {
    return new Manifest.Job("team", "monday", uid, "digits");
  }

  CollectArguments into(String output) {
    return into(output, List.of("s3://data/", "s3://out/"));
  }

  CollectArguments into(String output, List<String> folders) {
    return new CollectArguments(
        output,
        List.of(CollectArguments.Include.ITEM),
        folders,
        job(),
        "BatchesFailed",
        "Some failed.",
        batches * BATCH_SIZE,
        batches,
        BATCH_SIZE,
        files,
        split,
        null);
  }

  /** A collector as a process of its own. */
  Process collector(
      CollectArguments arguments, int attempt, NatsServer nats, Map<String, String> store, Path log)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(CollectorMain.PROGRAM.arguments(System.getProperty("java.class.path")));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(store);
    builder
        .environment()
        .putAll(
            Map.of(
                CollectorVariable.ARGUMENTS, arguments.toJson(),
                CollectorVariable.JOB, uid,
                CollectorVariable.ATTEMPT, Integer.toString(attempt),
                WorkerVariable.NATS_URL, nats.url(),
                WorkerVariable.NATS_CREDENTIALS,
                    Objects.requireNonNull(nats.collector(uid).credentials()).toString(),
                WorkerVariable.TERMINATION_LOG, log.resolveSibling("last-words").toString()));
    return builder.start();
  }
}
