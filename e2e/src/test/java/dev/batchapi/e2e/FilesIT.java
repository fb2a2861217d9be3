package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.JobPhase;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs over files of an object store. */
@ExtendWith(Cluster.class)
final class FilesIT {
  private static final String STORAGE =
      "batchSize: 10\nstorage: {secret: {name: store}, paths: [\"s3://photos/2026/\"]}";
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    user = new Team("files");
    s3 = new S3Server(user);
    s3.put("2026/a.jsonl", lines(0, 25));
    s3.put("2026/b.jsonl", lines(25, 47));
    s3.put("2025/old.jsonl", lines(0, 1));
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

  private static String files(String paths) {
    return "workers: 2\ninput: {files: {paths: [\"%s\"]}}".formatted(paths);
  }

  private static String results(String job) {
    return user.kubectl(
            "get", "configmap", job + "-results", "-o", "jsonpath={.data.results\\.jsonl}")
        .out();
  }

  private static BatchJobStatus.Input input(BatchJob job) {
    return Objects.requireNonNull(job.getStatus().input());
  }

  private static String messageOfTheEndOf(String job) {
    return user.condition(job, "Finished").orElseThrow().message();
  }

  @Test
  void everyItemOfTheFilesIsHandledOnceInTheirOrder() {
    user.applies(Team.python("all", files("s3://photos/2026/*.jsonl"), STORAGE, ECHO));

    var job = user.completes("all", 5);

    assertThat(input(job).files()).isEqualTo(2);
    assertThat(input(job).items()).isEqualTo(47);
    assertThat(results("all"))
        .isEqualTo(
            IntStream.range(0, 47)
                .mapToObj(
                    n ->
                        "{\"job\":\"all\",\"item\":%d,\"batch\":%d,\"result\":{\"n\":%d}}\n"
                            .formatted(n, n / 10, n))
                .collect(Collectors.joining()));
  }

  @Test
  void aJobOutsideOfTheAllowedFoldersIsRejectedBeforeAnythingRuns() {
    user.applies(Team.python("outside", files("s3://photos/2025/*.jsonl"), STORAGE, ECHO));

    assertThat(user.reasonOfTheEndOf("outside")).isEqualTo("InputInvalid");
    assertThat(messageOfTheEndOf("outside"))
        .contains("\"s3://photos/2025/*.jsonl\"", "spec.storage.paths", "s3://photos/2026/");
    assertThat(user.pods("outside")).isEmpty();
  }

  @Test
  void whatMatchesNothingOrIsRefusedIsSaidInTheWordsOfTheSplitter() {
    user.applies(Team.python("nothing", files("s3://photos/2026/*.csv"), STORAGE, ECHO));
    s3.secret("wrong", "not-the-secret");
    user.applies(
        Team.python(
            "refused",
            files("s3://photos/2026/*.jsonl"),
            "storage: {secret: {name: wrong}}",
            ECHO));

    assertThat(user.reasonOfTheEndOf("nothing")).isEqualTo("InputInvalid");
    assertThat(messageOfTheEndOf("nothing")).contains("s3://photos/2026/*.csv");
    assertThat(user.reasonOfTheEndOf("refused")).isEqualTo("InputInvalid");
    assertThat(messageOfTheEndOf("refused"))
        .contains("photos", "key")
        .doesNotContain("not-the-secret");
  }

  @Test
  void aLineThatCanNotBeReadFailsItsItemAndNoOther() {
    s3.put("2026/broken/a.jsonl", lines(0, 3) + "{\"n\": 3\n" + lines(4, 7));
    user.applies(Team.python("broken", files("s3://photos/2026/broken/a.jsonl"), STORAGE, ECHO));

    assertThat(user.reasonOfTheEndOf("broken")).isEqualTo("ItemsFailed");
    var failure = user.failures("broken").getFirst();
    assertThat(failure.reason()).isEqualTo("InputInvalid");
    assertThat(failure.message()).contains("s3://photos/2026/broken/a.jsonl, line 4");
    assertThat(results("broken").lines().map(line -> line.replaceAll(".*\"n\":(\\d+).*", "$1")))
        .containsExactly("0", "1", "2", "4", "5", "6");
  }

  @Test
  void aBatchOfAFileThatChangedAfterTheAcceptanceFailsAndSaysSo() {
    s3.put("2026/moving/a.jsonl", lines(0, 10));
    user.applies(Team.python("changed", files("s3://photos/2026/moving/a.jsonl"), STORAGE, ECHO));
    user.awaits("acceptance", () -> isAccepted("changed"));
    s3.put("2026/moving/a.jsonl", lines(10, 20)); // before any worker's pod is up

    assertThat(user.reasonOfTheEndOf("changed")).isEqualTo("BatchesFailed");
    assertThat(user.failures("changed").getFirst().reason()).isEqualTo("InputChanged");
    assertThat(user.failures("changed").getFirst().message())
        .contains("s3://photos/2026/moving/a.jsonl");
  }

  private static boolean isAccepted(String job) {
    var status = user.job(job).getStatus();
    return status != null && status.acceptedTime() != null;
  }

  @Test
  void aSplitterThatIsKilledIsMadeAgain() {
    // Too many for a splitter to be done before its pod is deleted.
    s3.put("2026/large/a.jsonl", lines(0, 1_000_000));
    user.applies(
        Team.python(
            "killed",
            "workers: 2\ninput: {files: {paths: [\"s3://photos/2026/large/a.jsonl\"]}}"
                + "\noverrides: {batchSize: 50000}",
            STORAGE,
            "class Handler:\n    def handle_batch(self, payload):\n        return len(payload)\n"));
    user.awaits("its pod", () -> !user.pods("killed").isEmpty());
    var first = user.pods("killed").getFirst().getMetadata().getName();
    user.kubectl("delete", "pod", first, "--grace-period=0", "--force");

    var job = user.completes("killed", 20);

    assertThat(first).startsWith("killed-split-0-");
    assertThat(user.kubectl("get", "job", "killed-split-1").code()).isZero();
    assertThat(input(job).items()).isEqualTo(1_000_000);
    assertThat(results("killed").lines()).hasSize(20).allMatch(line -> line.contains("50000"));
  }

  @Test
  void aJobIsCancelledWhileItsFilesAreSplit() {
    s3.put("2026/much/a.jsonl", lines(0, 1_000_000));
    user.applies(
        Team.python(
            "cancelled",
            files("s3://photos/2026/much/a.jsonl"),
            "storage: {secret: {name: store}}",
            ECHO));
    user.awaits(
        "splitting",
        () -> {
          var status = user.job("cancelled").getStatus();
          return status != null && status.phase() == JobPhase.SPLITTING;
        });

    user.kubectl(
        "patch", "batchjob", "cancelled", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

    assertThat(user.reasonOfTheEndOf("cancelled")).isEqualTo("Cancelled");
    user.awaits("no pod", () -> user.pods("cancelled").isEmpty());
  }
}
