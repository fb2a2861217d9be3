package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's kubectl commands, one after another as they stand there. */
@ExtendWith(Cluster.class)
final class ReadmeIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void everyCommandOfTheReadmeDoesWhatItSays() throws Exception {
    var commands =
        Files.readAllLines(ROOT.resolve("README.md")).stream()
            .filter(line -> line.startsWith("kubectl "))
            .map(line -> line.replace("examples/", ROOT.resolve("examples") + "/"))
            .toList();
    assertThat(commands).hasSizeGreaterThan(5);
    try (var user = new Team("readme")) {
      for (var command : commands) {
        var result = user.types(command);
        assertThat(result.code()).as(command + "\n" + result.out()).isZero();
        if (command.contains(" get batchapis")) {
          assertThat(result.out()).contains("PHASE", "SUCCEEDED", "digits-python");
        } else if (command.contains(" describe ")) {
          assertThat(result.out()).contains("All 113 batches succeeded.", "Accepted", "Complete");
        } else if (command.contains(" logs ")) {
          assertThat(result.out()).contains("1797 digits are classified.");
        } else if (command.contains(" scale ")) {
          assertThat(user.job("digits-java").getSpec().workers()).isEqualTo(3);
        } else if (command.contains(" get configmap ")) {
          assertThat(result.out())
              .startsWith("{\"job\":\"digits-python\",\"item\":0,\"batch\":0,\"result\":")
              .hasLineCount(3);
        }
      }
    }
  }
}
