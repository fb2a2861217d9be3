package dev.batchapi.data.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

class S3FailuresTest {
  private final S3Failures failures =
      new S3Failures(S3Settings.of(Map.of("AWS_ENDPOINT_URL", "https://s3.example")));

  /** STS answers 400 to whoever asks too often, as when many pods start at once. */
  @Test
  void aRoleThatCanNotBeHadNowMayBeHadLater() {
    for (var code :
        List.of("Throttling", "ThrottlingException", "IDPCommunicationError", "SlowDown")) {
      assertThat(of(400, code)).as(code).isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(of(503, "Whatever")).isInstanceOf(StoreUnavailableException.class);
    assertThat(of(400, "InvalidIdentityToken"))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("The role for bucket b at https://s3.example is refused");
  }

  private RuntimeException of(int status, String code) {
    var details = AwsErrorDetails.builder().errorCode(code).errorMessage("Words").build();
    return failures.of(
        AwsServiceException.builder().statusCode(status).awsErrorDetails(details).build(),
        S3Url.of("s3://b/k"));
  }
}
