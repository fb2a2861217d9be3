package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostArgumentsTest {
  /** A host whose worker was gone before it began is ended by nobody else. */
  @Test
  void noWorkerIsWaitedForForEver(@TempDir Path code) {
    var host = HostArguments.parse(new String[] {"--socket", "s", "--code", code.toString()});

    assertThat(host.patience()).isEqualTo(Duration.ofSeconds(60));
  }
}
