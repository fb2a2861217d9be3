package dev.batchapi.operator.job.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramJobs;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Splits;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a splitter's end, with its records in a map. */
class SplittingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");
  private static final ProgramPlan PLAN =
      new ProgramPlan(
          Program.SPLITTER,
          new JobId("vision", "monday", "uid"),
          "tagger",
          "image:1",
          "{\"files\":{\"paths\":[\"s3://b/*\"]},\"folders\":[],\"batchSize\":1}",
          "digest",
          null,
          null,
          "nats://nats:4222",
          Map.of());

  private final Map<String, byte[]> records = new HashMap<>();
  private final List<Instant> revoked = new ArrayList<>();
  private final Splitting splitting =
      new Splitting(new Queue(), Duration.ofHours(1), Clock.fixed(NOW, ZoneOffset.UTC));

  private final class Queue implements ProgramQueue, Splits {
    @Override
    public Splits splits() {
      return this;
    }

    @Override
    public String credentials(Program program, String namespace, String uid, Instant expires) {
      return "credentials";
    }

    @Override
    public void revoke(Program program, String namespace, String uid, Instant at) {
      revoked.add(at);
    }

    @Override
    public byte @Nullable [] read(String job, int attempt, String name) {
      return records.get(attempt + "." + name);
    }

    @Override
    public void write(String job, String name, byte[] record) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public byte @Nullable [] collected(String job, int attempt) {
      return null;
    }

    @Override
    public int written(String job, int attempt) {
      return (int) records.keySet().stream().filter(n -> n.startsWith(attempt + ".")).count();
    }

    @Override
    public int written(String job) {
      return records.size();
    }

    @Override
    public void forget(String job) {
      records.clear();
    }

    @Override
    public List<String> jobsWithSplits() {
      return List.of();
    }
  }

  private static Job job(ProgramPlan plan, int attempt, int fruitless) {
    return new JobBuilder(ProgramJobs.of(plan, attempt, fruitless))
        .editMetadata()
        .withUid("uid-of-it")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .endMetadata()
        .build();
  }

  private static Pod ended(int code, String words) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .addToLabels(Labels.JOB_UID, "uid")
        .addNewOwnerReference()
        .withUid("uid-of-it")
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("splitter")
        .withNewState()
        .withNewTerminated()
        .withExitCode(code)
        .withMessage(words)
        .withFinishedAt(NOW.toString())
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  /** With a client of an API server that is not there: none of these may ask it. */
  private SplitResult next(Job job, Pod pod) {
    return next("http://127.0.0.1:1", List.of(job), pod);
  }

  private static Job withUid(String uid, Job job) {
    return new JobBuilder(job).editMetadata().withUid(uid).endMetadata().build();
  }

  private SplitResult next(String url, List<Job> jobs, Pod pod) {
    var nowhere = new ConfigBuilder().withMasterUrl(url).build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(nowhere).build()) {
      return splitting.next(PLAN, new Children(jobs, List.of(pod), client));
    }
  }

  private void writes(int attempt, SplitEnd end) {
    records.put(attempt + ".end", end.toJson());
  }

  private static SplitEnd good() {
    return new SplitEnd("digest", 1, 2, 3, 1, List.of(new SplitEnd.Chunk(0, "aa")), null);
  }

  @Test
  void aStoreOrQueueThatIsAwayIsWaitedForHoweverLong() {
    assertThat(next(job(PLAN, 500, 9), ended(10, "The queue has no room.")))
        .isInstanceOfSatisfying(
            SplitResult.Underway.class,
            underway -> {
              assertThat(underway.reason()).isEqualTo(Reason.StorageUnavailable);
              assertThat(underway.message()).contains("The queue has no room.");
            });
  }

  /** Each one's start looked as if the store were back, with an Event for every try. */
  @Test
  void aStoreThatIsAwayStaysSoWhileTheNextOneHasGotNothingDone() throws IOException {
    var jobs = List.of(job(PLAN, 3, 0), withUid("other", job(PLAN, 4, 0)));
    var away = ended(10, "The store is away.");
    var server = takesAll();
    try {
      var url = "http://127.0.0.1:" + server.getAddress().getPort();

      assertThat(next(url, jobs, away)).isEqualTo(next(job(PLAN, 3, 0), away));
      records.put("4.0", new byte[0]);
      assertThat(next(url, jobs, away))
          .isInstanceOfSatisfying(
              SplitResult.Underway.class,
              underway -> assertThat(underway.reason()).isEqualTo(Reason.Splitting));
    } finally {
      server.stop(0);
    }
  }

  /** Of an API server, what renews a Secret: it answers with what it is told. */
  private static HttpServer takesAll() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void tenThatEndForNothingEndTheJobAndItsInputIsNotBlamed() {
    assertThat(next(job(PLAN, 500, 8), ended(137, "x"))).isInstanceOf(SplitResult.Underway.class);
    assertThat(next(job(PLAN, 500, 9), ended(137, "y".repeat(4000))))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class,
            bad -> {
              assertThat(bad.reason()).isEqualTo(Reason.SplittingFailed);
              assertThat(bad.message()).contains("10 splitters").hasSizeLessThan(1500);
            });
  }

  @Test
  void itIsDoneWhenAllThatItsEndNamesIsThere() {
    writes(3, good());
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Underway.class);
    records.put("3.0", new byte[0]);
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Done.class);
    records.put("3.x", new byte[0]);
    assertThat(next(job(PLAN, 3, 0), ended(0, ""))).isInstanceOf(SplitResult.Underway.class);
  }

  /** A splitter could say less of it than there is. */
  @Test
  void whatTheQueueKeepsOfItIsSeenInTheQueue() {
    var chunks = List.of(new SplitEnd.Chunk(0, "aa"), new SplitEnd.Chunk(5, "bb"));
    writes(0, new SplitEnd("digest", 1, 2, 9, 9, chunks, null));
    records.put("0.0", new byte[500_000]);
    records.put("0.1", new byte[700]);

    var done = (SplitResult.Done) next(job(PLAN, 0, 0), ended(0, ""));

    assertThat(done.split().kept()).isEqualTo(512 * 1024 + 700);
  }

  @Test
  void whatIsDoneIsNotDoneAgainWithAnotherImage() {
    writes(0, good());
    records.put("0.0", new byte[0]);
    var other =
        new ProgramPlan(
            Program.SPLITTER,
            PLAN.job(),
            PLAN.api(),
            "image:0",
            PLAN.arguments(),
            PLAN.digest(),
            null,
            null,
            PLAN.natsUrl(),
            PLAN.resources());
    assertThat(next(job(other, 0, 0), ended(0, ""))).isInstanceOf(SplitResult.Done.class);
  }

  @Test
  void whatIsWrongWithTheInputIsSaidShortly() {
    writes(0, SplitEnd.failed("digest", "z".repeat(100_000)));
    assertThat(next(job(PLAN, 0, 0), ended(0, "")))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class,
            bad -> {
              assertThat(bad.reason()).isEqualTo(Reason.InputInvalid);
              assertThat(bad.message().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(1024);
            });
  }

  /** Whoever has the credentials could fill the queue under any attempt's number. */
  @Test
  void moreRecordsThanSplittersWriteEndTheJobAndTheCredentials() {
    for (var i = 0; i <= Splitting.MOST_RECORDS; i++) {
      records.put(1000 + i + ".x", new byte[0]);
    }
    assertThat(next(job(PLAN, 0, 0), ended(137, "")))
        .isInstanceOfSatisfying(
            SplitResult.Bad.class, bad -> assertThat(bad.reason()).isEqualTo(Reason.QueueMisused));
    assertThat(revoked).containsExactly(NOW);
  }
}
