package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Items that fail alone, and what a person reads of them with kubectl. */
@ExtendWith(Cluster.class)
final class ItemsIT {
  private static final String API =
      "batchSize: 15\nretry: {maxAttempts: 2, initialBackoffSeconds: 0}";

  /** The fours fail always, and the fives at their first attempt. */
  private static final String PYTHON =
      """
      class Handler:
          async def handle_item(self, item, batch):
              if item % 10 == 4 or item % 10 == 5 and batch.attempt == 1:
                  raise ValueError(f"no {item}")
              return item * 2
      """;

  private static final String JAVA =
      """
      import dev.batchapi.handler.ItemContext;
      import dev.batchapi.handler.ItemHandler;

      public final class Handler implements ItemHandler<Integer, Integer> {
        @Override
        public Integer handle(Integer item, ItemContext context) {
          if (item % 10 == 4 || item % 10 == 5 && context.batch().attempt() == 1) {
            throw new IllegalStateException("no " + item);
          }
          return item * 2;
        }
      }
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("items");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  @Test
  void theyAreTriedAgainAloneCountedListedAndKeptInBothLanguages() {
    var spec = "workers: 2\ninput: {count: 40}";
    user.applies(concurrently(Team.python("python", spec, API, PYTHON)));
    user.applies(
        concurrently(Team.python("java", spec, API, JAVA)).replace("    python:\n", "    java:\n"));

    for (var job : List.of("python", "java")) {
      assertThat(user.reasonOfTheEndOf(job)).isEqualTo("ItemsFailed");
      var status = user.job(job).getStatus();
      assertThat(status.items()).isEqualTo(new BatchJobStatus.Items(40, 36, 4));
      assertThat(user.batches(job).succeeded()).isEqualTo(3);
      assertThat(status.failures())
          .extracting(BatchJobStatus.Failure::item)
          .containsExactlyInAnyOrder(4, 14, 24, 34);
      assertThat(status.failures())
          .allMatch(f -> f.attempts() == 2 && f.message().contains("no " + f.item()));
      assertThat(user.resultLines(job, "results").map(line -> line.get("result").asInt()))
          .containsExactlyElementsOf(
              IntStream.range(0, 40).filter(n -> n % 10 != 4).mapToObj(n -> n * 2).toList());
      assertThat(user.resultLines(job, "errors").map(line -> line.get("payload").asInt()))
          .containsExactly(4, 14, 24, 34);
    }
  }

  @Test
  void moreThanMayFailStopTheJob() {
    user.applies(Team.python("many", "input: {count: 1000}", API + "\nmaxFailedItems: 2", PYTHON));

    assertThat(user.reasonOfTheEndOf("many")).isEqualTo("TooManyFailures");
    assertThat(user.condition("many", "Finished").orElseThrow().message())
        .contains("maxFailedItems");
    assertThat(user.batches("many").remaining()).isPositive();
  }

  private static String concurrently(String yaml) {
    return yaml.replace("  handler:\n", "  handler:\n    concurrency: 8\n");
  }
}
