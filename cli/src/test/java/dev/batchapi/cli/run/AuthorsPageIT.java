package dev.batchapi.cli.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything on the page for authors that needs no cluster. */
class AuthorsPageIT {
  private static final Set<String> WITH_A_CLUSTER = Set.of("cluster", "model");

  @TempDir private Path folder;

  @Test
  void whoDoesWhatThePageSaysSeesWhatThePageShows() throws Exception {
    new AuthorsPage(folder, Map.of("KUBECONFIG", "/nowhere"))
        .follow(command -> !WITH_A_CLUSTER.contains(command));
  }
}
