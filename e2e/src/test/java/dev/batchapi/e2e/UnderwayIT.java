package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.JobPhase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people are told of a job that is split, checked or collected, and can't go on. */
@ExtendWith(Cluster.class)
final class UnderwayIT {
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";
  private static final String SLOW =
      """
      import time
      class Handler:
          def handle_batch(self, payload):
              time.sleep(5)
              return payload
      """;

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    user = new Team("underway");
    s3 = new S3Server(user);
  }

  @AfterAll
  static void end() {
    s3.close();
    user.close();
  }

  private static String output(String path) {
    return "\noutput: {path: \"s3://photos/%s\"}".formatted(path);
  }

  private static void runs(String... arguments) {
    var result = user.kubectl(arguments);
    assertThat(result.code()).as(result.out()).isZero();
  }

  private static void awaitsCondition(String job, String type, String reason, String... words) {
    user.awaits(
        type + " " + reason,
        () -> user.condition(job, type).filter(c -> c.reason().equals(reason)).isPresent());
    assertThat(user.condition(job, type).orElseThrow().message()).contains(words);
  }

  @Test
  void aSplitterWithoutItsServiceAccountSaysSo() {
    s3.put("in/a.jsonl", "1\n2\n3\n");
    user.applies(
        Team.python(
            "nobody",
            "input: {files: {paths: [\"s3://photos/in/*.jsonl\"]}}",
            "storage: {secret: {name: store}, serviceAccountName: nobody}",
            ECHO));

    awaitsCondition(
        "nobody", "Accepted", "PodRefused", "serviceaccount \"nobody\" not found", "Create the");
    assertThat(user.job("nobody").getStatus().phase()).isEqualTo(JobPhase.SPLITTING);

    runs("create", "serviceaccount", "nobody");
    runs("delete", "job", "nobody-split-0");
    user.completes("nobody", 3);
  }

  @Test
  void aCollectorThatAQuotaRefusesSaysSo() {
    user.applies(
        Team.python(
            "full",
            "input: {count: 2}" + output("out/full/"),
            "storage: {secret: {name: store}}",
            SLOW));
    user.awaits("a worker", () -> user.ready("full") == 1);
    runs("create", "quota", "none", "--hard=pods=0");
    try {
      awaitsCondition("full", "OutputWritten", "QuotaExceeded", "exceeded quota: none");
      assertThat(user.job("full").getStatus().phase()).isEqualTo(JobPhase.COLLECTING);
    } finally {
      runs("delete", "quota", "none");
    }
    runs("delete", "job", "full-collect-0");
    user.completes("full", 2);
  }

  @Test
  void aJobThatWillNotRunGivesTheFolderOfItsOutputBack() {
    var team = new Team("giveback");
    try (var store = new S3Server(team)) {
      var label =
          Cluster.kubectl("", "label", "namespace", team.namespace(), "batchapi.dev/max-batches=2");
      assertThat(label.code()).as(label.out()).isZero();
      team.applies(
          Team.python(
              "many",
              "input: {count: 3}" + output("out/many/"),
              "storage: {secret: {name: store}}",
              ECHO));
      team.awaits(
          "room",
          () ->
              team.condition("many", "Accepted")
                  .filter(c -> c.reason().equals("QuotaExceeded"))
                  .isPresent());
      assertThat(store.keys("out/many/")).contains("out/many/.batches/owner.json");

      var cancel =
          team.kubectl(
              "patch", "batchjob", "many", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");
      assertThat(cancel.code()).as(cancel.out()).isZero();

      assertThat(team.reasonOfTheEndOf("many")).isEqualTo("Cancelled");
      assertThat(store.keys("out/many/")).isEmpty();
    } finally {
      team.close();
    }
  }
}
