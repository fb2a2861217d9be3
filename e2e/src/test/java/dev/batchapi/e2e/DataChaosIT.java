package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.Sha256;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Jobs from files to files while each program that has to do with them is killed, and the store and
 * the queue too: what they leave is to the byte what a quiet job leaves. {@code make soak-data}
 * goes on until 60 have died.
 */
@Tag("alone")
@ExtendWith(Cluster.class)
final class DataChaosIT {
  /** How many have to die; one job after the other is run until they have. */
  private static final int FAULTS = Integer.getInteger("data.faults", 6);

  /** For a job: a loss is followed by a pause, and its programs are made anew. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** A program of one job that dies ten times for nothing ends it. */
  private static final int MOST_OF_ONE_JOB = 4;

  /** Kubelet waits 10, 20, 40 … 300 s before it starts a container anew that died again. */
  private static final int MOST_OF_A_SERVICE = 3;

  private static final int BATCHES = 60;
  private static final int BATCH_SIZE = 5;
  private static final String JOB = "storm";

  /** Each tenth batch has results that are larger than the ledger takes. */
  private static final String HANDLER =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              time.sleep(0.2)
              return ["x" * (100_000 if item["n"] // 5 % 10 == 0 else 10) for item in payload]
      """;

  /** Who can die, by a word of their command line. */
  private enum Victim {
    SPLITTER("splitter.args"),
    WORKER("worker-files.args"),
    HANDLER("batchapi_start.py"),
    COLLECTOR("collector.args"),
    OPERATOR("operator.args"),
    QUEUE("nats-server"),
    STORE(":7070");

    private final String word;

    Victim(String word) {
      this.word = word;
    }

    boolean isOfTheJob() {
      return this == SPLITTER || this == WORKER || this == HANDLER || this == COLLECTOR;
    }
  }

  private static Team user;
  private static S3Server s3;

  private final Random random = new Random(42);
  private final Map<Victim, Integer> died = new EnumMap<>(Victim.class);
  private final Map<Victim, Integer> diedInThisJob = new EnumMap<>(Victim.class);
  private int stoodStill;

  @BeforeAll
  static void begin() {
    user = new Team("chaos");
    s3 = new S3Server(user);
    for (var file = 0; file < 3; file++) {
      var first = file * BATCHES * BATCH_SIZE / 3;
      s3.put("in/%d.jsonl".formatted(file), lines(first, first + BATCHES * BATCH_SIZE / 3));
    }
  }

  @AfterAll
  static void end() {
    s3.close();
    user.close();
  }

  private static String lines(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj("{\"n\": %d}\n"::formatted)
        .collect(Collectors.joining());
  }

  @Test
  void whoeverDiesTheFilesAreThoseOfAQuietJob() throws InterruptedException {
    OnNode.isNeeded();
    submit();
    assertThat(user.reasonOfTheEndOf(JOB, PATIENCE)).isEqualTo("Complete");
    var quiet = digests();
    while (deaths() < FAULTS) {
      submit();
      whileItRunsSomebodyDies();

      assertThat(user.reasonOfTheEndOf(JOB, PATIENCE)).as(died.toString()).isEqualTo("Complete");
      assertThat(digests()).as(died.toString()).isEqualTo(quiet);
    }
    System.out.printf("died: %s; stood still for a while: %d%n", died, stoodStill);
    if (FAULTS >= 60) {
      assertThat(died).containsOnlyKeys(Victim.values());
    }
  }

  /** Always under the same name, for it stands on each line. */
  private void submit() {
    user.kubectl("delete", "batchjob", JOB, "--ignore-not-found");
    user.applies(
        Team.python(
            JOB,
            "workers: 2\ninput: {files: {paths: [\"s3://photos/in/*.jsonl\"]}}\n"
                + "output: {path: \"s3://photos/out/$(job_id)/\", include: [item]}",
            """
            batchSize: %d
            retry: {maxAttempts: 10, initialBackoffSeconds: 1, maxBackoffSeconds: 2}
            storage: {secret: {name: store}, paths: ["s3://photos/"]}"""
                .formatted(BATCH_SIZE),
            HANDLER));
    diedInThisJob.clear();
  }

  private int deaths() {
    return died.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void whileItRunsSomebodyDies() throws InterruptedException {
    var until = System.nanoTime() + PATIENCE.toNanos();
    while (deaths() < FAULTS
        && System.nanoTime() < until
        && user.condition(JOB, "Finished").isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(2500));
      var victims = victims();
      strike(victims.get(random.nextInt(victims.size())));
    }
  }

  /** Those of the job first of all, by its phase; now and then who serves all jobs. */
  private static List<Victim> victims() {
    var services = Stream.of(Victim.OPERATOR, Victim.QUEUE, Victim.STORE);
    var status = user.job(JOB).getStatus();
    var ofTheJob =
        switch (status == null ? null : status.phase()) {
          case SPLITTING -> Stream.of(Victim.SPLITTER, Victim.SPLITTER, Victim.SPLITTER);
          case COLLECTING -> Stream.of(Victim.COLLECTOR, Victim.COLLECTOR, Victim.COLLECTOR);
          case null, default -> Stream.of(Victim.WORKER, Victim.HANDLER, Victim.WORKER);
        };
    return Stream.concat(ofTheJob, services).toList();
  }

  private void strike(Victim victim) throws InterruptedException {
    var before =
        victim.isOfTheJob() ? diedInThisJob.getOrDefault(victim, 0) : died.getOrDefault(victim, 0);
    if (before < (victim.isOfTheJob() ? MOST_OF_ONE_JOB : MOST_OF_A_SERVICE)) {
      if (OnNode.kill(pods(victim), victim.word)) {
        died.merge(victim, 1, Integer::sum);
        diedInThisJob.merge(victim, 1, Integer::sum);
      }
    } else if (victim == Victim.STORE) {
      var frozen = OnNode.freezeOne(pods(victim), victim.word);
      if (frozen.isPresent()) {
        try (var _ = frozen.get()) {
          TimeUnit.MILLISECONDS.sleep(1000 + random.nextInt(4000));
          stoodStill++;
        }
      }
    }
  }

  private static List<Pod> pods(Victim victim) {
    if (victim.isOfTheJob()) {
      return user.pods(JOB);
    }
    var namespace = victim == Victim.STORE ? user.namespace() : Cluster.SYSTEM;
    return Cluster.client().pods().inNamespace(namespace).list().getItems();
  }

  /** SHA-256 of each file; of the manifest without the one thing that is another in each job. */
  private static Map<String, String> digests() {
    var uid = user.job(JOB).getMetadata().getUid();
    var folder = "out/" + uid + "/";
    var digests =
        s3.keys(folder).stream()
            .collect(
                Collectors.toMap(
                    key -> key.substring(folder.length()),
                    key -> Sha256.hex(s3.get(key).replace(uid, ""))));
    assertThat(digests).containsOnlyKeys("results-00000.jsonl", "errors.jsonl", "manifest.json");
    return digests;
  }
}
