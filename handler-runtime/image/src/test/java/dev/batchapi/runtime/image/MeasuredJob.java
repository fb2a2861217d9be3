package dev.batchapi.runtime.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A job whose handler pushes metrics, with one worker and its host as two real processes. */
final class MeasuredJob implements AutoCloseable {
  private final String uid = UUID.randomUUID().toString();
  private final NatsServer nats;
  private final JetStreamLedger owner;
  private final Path code;
  private final RunSpec.Language language;
  private final RunSpec.Metrics metrics;

  MeasuredJob(
      NatsServer nats,
      JetStreamLedger owner,
      RunSpec.Language language,
      String source,
      RunSpec.Metrics metrics)
      throws IOException {
    this.nats = nats;
    this.owner = owner;
    this.language = language;
    this.metrics = metrics;
    code = Files.createTempDirectory("measured");
    Files.writeString(code.resolve(file()), source);
  }

  String uid() {
    return uid;
  }

  /** Starts the worker on this many batches of one index each. */
  WorkerProcess start(int batches, String... environment) throws IOException {
    owner.enqueue(uid, WorkerProcess.numbers(batches));
    return WorkerProcess.start(nats.worker(uid), run(batches), code, environment);
  }

  int done() {
    return owner.counts(uid).done();
  }

  /** Ends the job, so that its worker leaves. */
  void finish() {
    owner.end(uid, new End(Verdict.Complete, "", Instant.now()));
    owner.retire(uid);
  }

  private String file() {
    return language == RunSpec.Language.JAVA ? "Handler.java" : "handler.py";
  }

  private byte[] run(int batches) {
    return new RunSpec(
            new RunSpec.Job(uid, "monday", "default", "api", 1, Instant.now().toString()),
            new RunSpec.Handler(language, file(), true, "Handler", List.of()),
            JsonNodeFactory.instance.objectNode(),
            1,
            batches,
            batches,
            new RunSpec.Retry(1, 0, 1),
            new RunSpec.Timeouts(null, null, null),
            null,
            metrics)
        .toJson();
  }

  @Override
  public void close() throws IOException {
    owner.remove(uid);
    WorkerProcess.delete(code);
  }
}
