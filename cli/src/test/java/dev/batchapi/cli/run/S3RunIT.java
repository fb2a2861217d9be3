package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.s3.VersityGw;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items in an object store, with the shell's credentials. */
class S3RunIT {
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload): return payload\n";

  @TempDir private Path folder;
  private final VersityGw server = VersityGw.start();

  @BeforeEach
  void fill() {
    server.bucket("photos");
    server.put("photos", "monday/a b.csv", "id\n1\n2\n".getBytes(UTF_8));
    server.put("photos", "monday/late/c.jsonl", "3\n".getBytes(UTF_8));
    server.put("photos", "tuesday/d.csv", "id\n9\n".getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void objectsAreItemsOfAJobAndOfTheCommand() throws Exception {
    var cli = new Cli(folder).withEnv(server.env());
    cli.python(ECHO, "batchSize: 2", "input: {files: {paths: ['s3://photos/monday/**']}}");
    cli.run("run", "job.yaml", "--dry-run")
        .exits(0)
        .says("3 items in 2 batches of 2", "s3://photos/monday/a b.csv:2");
    cli.run("run", "job.yaml", "--results", "out/").exits(0).says("2 succeeded");
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl")))
        .containsExactly(
            line(0, 0, "s3://photos/monday/a b.csv:2", "{\"id\":\"1\"}"),
            line(1, 0, "s3://photos/monday/a b.csv:3", "{\"id\":\"2\"}"),
            line(2, 1, "s3://photos/monday/late/c.jsonl:1", "3"));
    cli.run("run", "job.yaml", "--input", "s3://photos/*/*.csv").exits(0).says("3 items");
  }

  @Test
  void aBucketThatIsNotThereAndAWrongSecretAreOneSentence() throws Exception {
    var cli = new Cli(folder).withEnv(server.env());
    cli.python(ECHO, "", "input: {count: 1}");
    cli.run("run", "job.yaml", "--input", "s3://no-such-bucket/a.csv")
        .exits(64)
        .says("no-such-bucket", server.endpoint().toString())
        .withoutOurFrames();
    var env = new HashMap<>(server.env());
    env.put("AWS_SECRET_ACCESS_KEY", "not-the-secret");
    var refused =
        cli.withEnv(env)
            .run("run", "job.yaml", "--input", "s3://photos/monday/*")
            .exits(64)
            .says("photos", VersityGw.ACCESS_KEY)
            .withoutOurFrames();
    assertThat(refused.all()).doesNotContain("not-the-secret");
  }

  /** As in a company's own network; more than TLS takes in one record, there and back. */
  @Test
  void aStoreWithACertificateOfItsOwnIsTrustedIfItIsNamed() throws Exception {
    var authority = folder.resolve("authority.pem");
    try (var secure = VersityGw.startSecure(Files.createDirectory(folder.resolve("keys")))) {
      Files.writeString(authority, secure.authority());
      secure.lay("photos", "a.jsonl", "\"0123456789\"\n".getBytes(UTF_8), 300_000);
      secure.layBucket("results");
      var cli = new Cli(folder).withEnv(secure.env());
      cli.python(ECHO, "batchSize: 10000", "input: {files: {paths: ['s3://photos/a.jsonl']}}");
      cli.run("run", "job.yaml")
          .exits(64)
          .says("the server's certificate is not trusted here", "CA_CERTIFICATES", "SSL_CERT_FILE")
          .withoutOurFrames();
      var env = new HashMap<>(secure.env());
      env.put("AWS_CA_BUNDLE", authority.toString());
      cli = cli.withEnv(env);
      cli.run("run", "job.yaml", "--results", "s3://results/r/").exits(0).says("30 succeeded");
      cli.run("run", "job.yaml", "--input", "s3://results/r/results-00000.jsonl", "--dry-run")
          .exits(0)
          .says("300,000 items");
    }
  }

  private static String line(int item, int batch, String source, String result) {
    return "{\"job\":\"job\",\"item\":%d,\"batch\":%d,\"source\":\"%s\",\"result\":%s}"
        .formatted(item, batch, source, result);
  }
}
