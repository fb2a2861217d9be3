package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.queue.jetstream.access.Accounts;
import io.nats.client.NKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsFileTest {
  private static final byte[] NONCE = "PXoWU7zWAMt75FY".getBytes(UTF_8);

  @TempDir private Path folder;
  private Path file;
  private CredentialsFile credentials;

  @BeforeEach
  void useAFile() {
    file = folder.resolve("user.creds");
    credentials = new CredentialsFile(file);
  }

  @Test
  void signsAsNKeyDoes() throws Exception {
    for (var i = 0; i < 50; i++) {
      var user = NKey.createUser(new SecureRandom());
      write("jwt-" + i, new String(user.getSeed()));

      assertThat(credentials.sign(NONCE)).isEqualTo(user.sign(NONCE));
      assertThat(credentials.getJWT()).isEqualTo(("jwt-" + i).toCharArray());
    }
    assertThat(credentials.getID()).isNull();
    assertThat(credentials.problem()).isNull();
  }

  @Test
  void readsWhatAccountsWrites() throws Exception {
    Files.writeString(file, Accounts.generate().workerCredentials("default", "A", null));

    assertThat(credentials.sign(NONCE)).hasSize(64);
    assertThat(new String(credentials.getJWT())).startsWith("ey");
  }

  @Test
  void aMissingFileIsNamedAndWellOnceItIsThere() throws Exception {
    assertThatThrownBy(() -> credentials.sign(NONCE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The credentials file " + file + " is missing.");
    assertThat(credentials.getJWT()).isNull();
    assertThat(credentials.problem()).contains(file.toString());

    write("jwt", new String(NKey.createUser(new SecureRandom()).getSeed()));
    assertThat(credentials.sign(NONCE)).hasSize(64);
    assertThat(credentials.problem()).isNull();
  }

  @Test
  void aGarbledSeedIsRefusedAndNotShown() throws Exception {
    var seed = NKey.createUser(new SecureRandom()).getSeed();
    seed[20] = seed[20] == 'A' ? 'B' : 'A';
    write("jwt", new String(seed));

    assertThatThrownBy(() -> credentials.sign(NONCE))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("checksum")
        .hasMessageNotContaining(new String(seed));
  }

  @Test
  void aSeedOfAnotherKindIsRefused() throws Exception {
    write("jwt", new String(NKey.createAccount(new SecureRandom()).getSeed()));

    assertThatThrownBy(() -> credentials.sign(NONCE)).hasMessageContaining("begins with SU");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN NATS USER JWT-----\nonly\n------END NATS USER JWT------\n",
        "-----BEGIN A-----\na\n---END A---\n---BEGIN B---\nSU\n---END B---\n",
        "-----BEGIN A-----\na\n---END A---\n---BEGIN B---\nSU!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\n---END B---\n"
      })
  void whatIsNoCredentialsIsRefused(String text) throws Exception {
    Files.writeString(file, text);

    assertThatThrownBy(() -> credentials.sign(NONCE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("The credentials file " + file + " can't be used: it");
  }

  private void write(String jwt, String seed) throws IOException {
    Files.writeString(
        file,
        """
        -----BEGIN NATS USER JWT-----
        %s
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        %s
        ------END USER NKEY SEED------
        """
            .formatted(jwt, seed));
  }
}
