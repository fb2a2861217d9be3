package dev.batchapi.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.cli.cluster.Cluster;
import dev.batchapi.cli.cluster.ClusterException;
import java.time.Duration;
import java.util.Optional;

/** Waits until the operator has said of a BatchAPI whether it is ready, as it is now. */
record Following(Cluster cluster, Duration atMost) {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);

  /**
   * What the operator says.
   *
   * @param ready whether jobs can run
   * @param text the condition's reason and message
   */
  record Word(boolean ready, String text) {}

  /**
   * Waits for it; empty if nothing is said in time.
   *
   * @param applied as the server has it; a word on an earlier generation is none
   */
  Optional<Word> follow(JsonNode applied) throws ClusterException, InterruptedException {
    var generation = applied.at("/metadata/generation").asLong();
    var end = System.nanoTime() + atMost.toNanos();
    while (true) {
      var word = cluster.get(applied).flatMap(now -> word(now, generation));
      if (word.isPresent() || System.nanoTime() - end > 0) {
        return word;
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private static Optional<Word> word(JsonNode api, long generation) {
    for (var condition : api.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")
          && condition.path("observedGeneration").asLong() >= generation
          && !condition.path("status").asText().equals("Unknown")) {
        return Optional.of(
            new Word(
                condition.path("status").asText().equals("True"),
                "%s: %s"
                    .formatted(
                        condition.path("reason").asText(), condition.path("message").asText())));
      }
    }
    return Optional.empty();
  }
}
