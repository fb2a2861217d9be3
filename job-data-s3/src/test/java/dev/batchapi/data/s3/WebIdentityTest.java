package dev.batchapi.data.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A role of AWS, which a pod gets by its service account's token. */
class WebIdentityTest {
  @TempDir private Path pod;
  private RoleStore aws;

  @BeforeEach
  void start() throws IOException {
    aws = new RoleStore("token-1");
    Files.writeString(pod.resolve("aws"), "token-1");
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private Stores stores(String... more) {
    var env =
        new HashMap<>(
            Map.of(
                "BATCHAPI_IDENTITY",
                pod.toString(),
                "AWS_ROLE_ARN",
                RoleStore.ROLE,
                "AWS_ENDPOINT_URL",
                aws.endpoint()));
    for (var i = 0; i < more.length; i += 2) {
      env.put(more[i], more[i + 1]);
    }
    return Stores.ofPod(env);
  }

  private static byte[] read(Store store) throws IOException {
    var file = Objects.requireNonNull(store.find("s3://photos/a.jsonl"));
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }

  @Test
  void theTokenBecomesCredentialsOnceForManyRequests() throws IOException {
    try (var stores = stores()) {
      assertThat(read(stores.of("s3://"))).isEqualTo(RoleStore.CONTENT);
      assertThat(read(stores.of("s3://"))).isEqualTo(RoleStore.CONTENT);
      assertThat(aws.issued()).isEqualTo(1);
    }
  }

  /** Kubelet has written another token by then. */
  @Test
  void credentialsThatEndInTheMiddleAreRenewedWithTheTokenOfThatMoment() throws IOException {
    aws.lifetime(Duration.ofSeconds(2));
    try (var stores = stores()) {
      assertThat(read(stores.of("s3://"))).isEqualTo(RoleStore.CONTENT);
      Files.writeString(pod.resolve("aws"), "token-2");
      aws.expireAll("token-2");
      assertThat(read(stores.of("s3://"))).isEqualTo(RoleStore.CONTENT);
    }
  }

  @Test
  void aTokenThatIsNotTakenIsSaidSoAndNotShown() throws IOException {
    Files.writeString(pod.resolve("aws"), "hush");
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("s3://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(
              "The role for bucket photos at %s is refused: InvalidIdentityToken", aws.endpoint())
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void aTokenThatIsNotThereIsSaidSo() throws IOException {
    Files.delete(pod.resolve("aws"));
    try (var stores = stores()) {
      assertThatThrownBy(() -> read(stores.of("s3://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessage(
              "There is no token for the role that reads bucket photos: %s isn't there.",
              pod.resolve("aws"));
    }
  }

  /** What the author has put into the Secret goes before what the pod is. */
  @Test
  void keysOfTheSecretGoBeforeTheRole() {
    try (var stores = stores("AWS_ACCESS_KEY_ID", "AKIA", "AWS_SECRET_ACCESS_KEY", "hush")) {
      assertThatThrownBy(() -> read(stores.of("s3://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("access key AKIA");
      assertThat(aws.issued()).isZero();
    }
  }

  /** A pod has the token for AWS whether or not there is a role for it. */
  @Test
  void withoutARoleTheTokenGoesNowhere() {
    try (var stores = stores("AWS_ROLE_ARN", "")) {
      assertThatThrownBy(() -> read(stores.of("s3://")))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("no credentials");
      assertThat(aws.issued()).isZero();
    }
  }
}
