package dev.batchapi.data.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.BucketUploadContract;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** All that is written to a store that knows no checksums, as S3 was before 2022. */
class OlderStoreIT extends BucketUploadContract {
  private static VersityGw server;
  private static StrictDoor door;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    server = VersityGw.start();
    server.bucket("out");
    door = new StrictDoor(server.port());
  }

  @AfterAll
  static void stop() throws IOException {
    door.close();
    server.close();
  }

  @Override
  protected Stores stores() {
    var env = new HashMap<>(server.env());
    env.put("AWS_ENDPOINT_URL", door.endpoint().toString());
    return Stores.of(env, folder);
  }

  @Override
  protected String root() {
    return "s3://out/";
  }

  @Override
  protected String nowhere() {
    return "There is no bucket nowhere-here at " + door.endpoint();
  }

  /** Else nothing here says anything. */
  @Test
  void whatTheSdkSendsByItselfIsRefused() {
    try (var client =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .endpointOverride(door.endpoint())
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(VersityGw.ACCESS_KEY, VersityGw.SECRET_KEY)))
            .build()) {
      assertThatThrownBy(
              () ->
                  client.putObject(
                      put -> put.bucket("out").key("by-default"), RequestBody.fromString("1")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(501));
    }
    assertThat(door.passed()).noneMatch(line -> line.contains("by-default"));
  }
}
