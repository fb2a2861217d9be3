package dev.batchapi.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.Names;
import dev.batchapi.operator.pod.Program;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node that says nothing any more, while its pods go on: nobody else knows what they do. */
@Tag("alone")
@ExtendWith(Cluster.class)
final class FrozenNodeIT {
  private static final int ITEMS = 300_000;
  private static final String STORAGE =
      "batchSize: 10000\nstorage: {secret: {name: store}, paths: [\"s3://photos/\"]}";

  private static final String SLOW =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              time.sleep(0.5)
              return payload
      """;

  private static final String SUM =
      """
      class Handler:
          def handle_batch(self, payload):
              return {"sum": sum(item["n"] for item in payload)}
      """;

  private static final String ECHO =
      """
      class Handler:
          def handle_batch(self, payload):
              return payload
      """;

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    OnNode.isNeeded();
    user = new Team("node");
    s3 = new S3Server(user);
  }

  @AfterAll
  static void end() {
    if (s3 != null) {
      s3.close();
    }
    if (user != null) {
      user.close();
    }
  }

  /**
   * The cluster has one node, so what takes the place of a worker, a splitter or a collector has to
   * wait for it. One silence for all three, for it takes a minute until a node is given up.
   */
  @Test
  void whatRanOnANodeThatDoesNotAnswerIsReplacedAndTheEventSaysWhy() {
    s3.put(
        "in/many.jsonl",
        IntStream.range(0, ITEMS).mapToObj("{\"n\": %d}\n"::formatted).collect(joining()));
    user.applies(
        Team.python("split", "input: {files: {paths: [\"s3://photos/in/*\"]}}", STORAGE, SUM));
    try (var splitter = freezes(Program.SPLITTER, "split", "splitter.args")) {
      user.applies(
          Team.python(
              "collect",
              "input: {count: 300}\noutput: {path: \"s3://photos/out/\"}",
              STORAGE,
              ECHO));
      try (var collector = freezes(Program.COLLECTOR, "collect", "collector.args")) {
        user.applies(Team.python("away", "input: {count: 220}", "batchSize: 1", SLOW));
        user.awaits("some batches", () -> user.succeeded("away") >= 2);

        try (var _ = OnNode.freeze("kubelet")) {
          isMade(Names.workerJob("away", 0, 1));
          user.awaits(
              "its reason",
              () ->
                  user.kubectl("get", "events", "--field-selector", "reason=WorkerLost")
                      .out()
                      .contains("node0"));
          user.awaits("the loss", () -> user.workers("away").lost() >= 1);
          isMade(Program.SPLITTER.jobName("split", 1));
          isMade(Program.COLLECTOR.jobName("collect", 1));
          splitter.thaw(); // both go on, and nobody hears of it
          collector.thaw();
        }
      }
    }

    isSplitOnce();
    isCollectedOnce();
    user.completes("away", 220);
    assertThat(user.job("away").getStatus().failedAttempts()).isZero();
  }

  /** Stands still from now on, and its node has said that it runs. */
  private static OnNode.Frozen freezes(Program program, String job, String word) {
    var frozen = new AtomicReference<OnNode.Frozen>();
    user.awaits(
        "the " + program.title(),
        () -> {
          OnNode.freezeOne(user.pods(job), word).ifPresent(frozen::set);
          return frozen.get() != null;
        });
    var ready =
        user.kubectl(
            "wait",
            "--for=condition=Ready",
            "--timeout=60s",
            "pod",
            "-l=batchapi.dev/job=%s,app.kubernetes.io/component=%s"
                .formatted(job, program.title()));
    assertThat(ready.code()).as(ready.out()).isZero();
    return frozen.get();
  }

  private static void isMade(String job) {
    user.awaits(job, () -> user.kubectl("get", "job", job, "-o", "name").code() == 0);
  }

  private static void isSplitOnce() {
    var job = user.completes("split", ITEMS / 10_000);
    assertThat(Objects.requireNonNull(job.getStatus().input()).items()).isEqualTo(ITEMS);
    var sum = user.resultLines("split", "results").mapToLong(l -> l.at("/result/sum").asLong());
    assertThat(sum.sum()).isEqualTo((ITEMS - 1L) * ITEMS / 2);
  }

  private static void isCollectedOnce() {
    user.completes("collect", 1);
    assertThat(s3.get("out/results-00000.jsonl").lines()).hasSize(300);
    assertThat(s3.keys("out/"))
        .containsExactlyInAnyOrder(
            "out/errors.jsonl", "out/manifest.json", "out/results-00000.jsonl");
  }
}
