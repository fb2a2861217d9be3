package dev.batchapi.cli.run;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything on the page for authors that needs no cluster. */
class AuthorsPageIT {
  @TempDir private Path folder;

  @Test
  void whoDoesWhatThePageSaysSeesWhatThePageShows() throws Exception {
    new AuthorsPage(folder, Map.of("KUBECONFIG", "/nowhere"))
        .follow(command -> !command.equals("cluster"));
  }
}
