package dev.batchapi.crds.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.HandlerSpec;
import dev.batchapi.crds.NamedSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FreezeTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String HANDLER = "handler: {python: {inline: pass}}";

  @Test
  void withNothingSetTheDefaultsHold() {
    RunSpec run = freeze(HANDLER, "", 3);

    assertThat(run.job())
        .isEqualTo(
            new RunSpec.Job("uid-1", "monday", "vision", "tagger", 1, "2026-01-31T12:00:00Z"));
    assertThat(run.config()).isEmpty();
    assertThat(run.batchSize()).isEqualTo(1);
    assertThat(run.items()).isEqualTo(3);
    assertThat(run.totalBatches()).isEqualTo(3);
    assertThat(run.retry()).isEqualTo(new RunSpec.Retry(3, 1, 60));
    assertThat(run.timeouts()).isEqualTo(new RunSpec.Timeouts(null, null, null));
    assertThat(run.maxFailedBatches()).isNull();
    assertThat(run.metrics()).isEqualTo(new RunSpec.Metrics(null, null, Map.of()));
  }

  @Test
  void aRateLimitsBurstIsASecondOfItUnlessSaidOtherwise() {
    assertThat(freeze(HANDLER, "", 3).rateLimit()).isNull();
    assertThat(freeze(HANDLER + "\nrateLimit: {perSecond: 2.5}", "", 3).rateLimit())
        .isEqualTo(new RunSpec.RateLimit(2.5, 3));
    assertThat(freeze(HANDLER + "\nrateLimit: {perSecond: 0.01}", "", 3).rateLimit())
        .isEqualTo(new RunSpec.RateLimit(0.01, 1));
    assertThat(freeze(HANDLER + "\nrateLimit: {perSecond: 50, burst: 100}", "", 3).rateLimit())
        .isEqualTo(new RunSpec.RateLimit(50, 100));
  }

  @Test
  void aJobsRateLimitReplacesItsApisAsAWhole() {
    assertThat(
            freeze(
                    HANDLER + "\nrateLimit: {perSecond: 50, burst: 100}",
                    "overrides: {rateLimit: {perSecond: 5}}",
                    3)
                .rateLimit())
        .isEqualTo(new RunSpec.RateLimit(5, 5));
  }

  @Test
  void theLastBatchMayBeShorter() {
    assertThat(freeze(HANDLER + "\nbatchSize: 4", "", 8).totalBatches()).isEqualTo(2);
    assertThat(freeze(HANDLER + "\nbatchSize: 4", "", 9).totalBatches()).isEqualTo(3);
  }

  @Test
  void whatTheJobOverridesWinsAndTheRestIsTheApis() {
    RunSpec run =
        freeze(
            HANDLER
                + """

                batchSize: 16
                retry: {maxAttempts: 5, initialBackoffSeconds: 2, maxBackoffSeconds: 30}
                timeouts: {startupSeconds: 900, batchSeconds: 300}
                maxFailedBatches: 1
                metrics: {statsd: "here:9125", flavour: datadog, tags: {team: vision}}
                """,
            """
            workers: 8
            overrides:
              batchSize: 32
              retry: {maxAttempts: 1}
              timeouts: {batchSeconds: 60, runSeconds: 7200}
              maxFailedBatches: 2
            """,
            100);

    assertThat(run.job().workers()).isEqualTo(8);
    assertThat(run.batchSize()).isEqualTo(32);
    assertThat(run.retry()).isEqualTo(new RunSpec.Retry(1, 2, 30));
    assertThat(run.timeouts()).isEqualTo(new RunSpec.Timeouts(900, 60, 7200));
    assertThat(run.maxFailedBatches()).isEqualTo(2);
    assertThat(run.metrics())
        .isEqualTo(
            new RunSpec.Metrics("here:9125", MetricsFlavour.DATADOG, Map.of("team", "vision")));
  }

  @Test
  void tagsMayReferToTheJob() {
    RunSpec run =
        freeze(
            HANDLER
                + """

                metrics: {tags: {team: vision, api: $(api_name), job: "$(namespace)/$(job_name)", id: "$(job_id)"}}
                """,
            "",
            1);

    assertThat(run.metrics().tags())
        .isEqualTo(
            Map.of(
                "team",
                "vision",
                "api",
                run.job().apiName(),
                "job",
                run.job().namespace() + "/" + run.job().name(),
                "id",
                run.job().uid()));
  }

  @Test
  void theJobsOutputWinsOverItsApisAndBothMayReferToTheJob() {
    var api = HANDLER + "\nstorage: {}\noutput: {path: s3://r/$(namespace)/$(api_name)/}";

    assertThat(freeze(HANDLER, "", 1).output()).isNull();
    assertThat(freeze(api, "", 1).output())
        .isEqualTo(new RunSpec.Output("s3://r/vision/tagger/", List.of()));
    assertThat(
            freeze(api, "output: {path: s3://o/$(job_name)/$(job_id)/, include: [item]}", 1)
                .output())
        .isEqualTo(new RunSpec.Output("s3://o/monday/uid-1/", List.of("item")));
  }

  @Test
  void configsMergeMapByMapAndOfAnythingElseTheJobsWins() throws JsonProcessingException {
    RunSpec run =
        freeze(
            """
            handler:
              python: {inline: pass}
              config: {kept: 1, map: {kept: 1, won: 1, deep: {a: 1}}, list: [1, 2], toMap: 1, toNull: {a: 1}}
            """,
            "overrides: {config: {map: {won: 2, deep: {b: 2}}, list: [3], toMap: {x: 1}, toNull: null}}",
            1);

    assertThat(run.config())
        .isEqualTo(
            YAML.readTree(
                "{kept: 1, map: {kept: 1, won: 2, deep: {a: 1, b: 2}}, list: [3], toMap: {x: 1},"
                    + " toNull: null}"));
  }

  @Test
  void theApisConfigStaysAsItWas() throws JsonProcessingException {
    var api = api("handler: {python: {inline: pass}, config: {map: {a: 1}}}");
    var job = job("overrides: {config: {map: {a: 2}}}");

    Freeze.freeze(api, job, "uid-1", 1, NOW);

    assertThat(api.spec().handler().config()).isEqualTo(YAML.readTree("{map: {a: 1}}"));
  }

  @Test
  void aPercentageOfFailuresIsRoundedDown() {
    assertThat(maxFailed("1%", 199)).isEqualTo(1);
    assertThat(maxFailed("1%", 99)).isEqualTo(0);
    assertThat(maxFailed("100%", 1_000_000)).isEqualTo(1_000_000);
    assertThat(maxFailed("99%", 1_000_000)).isEqualTo(990_000);
    assertThat(maxFailed("0", 10)).isEqualTo(0);
    assertThat(maxFailed("99999999999", 10)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void theFirstWaitIsNeverLongerThanTheLongest() {
    RunSpec run =
        freeze(
            HANDLER + "\nretry: {initialBackoffSeconds: 10, maxBackoffSeconds: 60}",
            "overrides: {retry: {maxBackoffSeconds: 5}}",
            1);

    assertThat(run.retry()).isEqualTo(new RunSpec.Retry(3, 5, 5));
  }

  @Test
  void inlinePythonBecomesHandlerPy() {
    assertThat(handler("python: {inline: pass}")).isEqualTo(python("handler.py", true, "Handler"));
    assertThat(CodeFiles.inline(parse("python: {inline: pass}", HandlerSpec.class)))
        .isEqualTo(Map.of("handler.py", "pass"));
  }

  @Test
  void pythonOfAConfigMapIsInTheCodeFolder() {
    assertThat(handler("python: {configMap: {name: code}}"))
        .isEqualTo(python("handler.py", true, "Handler"));
    assertThat(handler("python: {configMap: {name: code}, file: tag.py, className: Tagger}"))
        .isEqualTo(python("tag.py", true, "Tagger"));
    assertThat(CodeFiles.configMap(parse("python: {configMap: {name: code}}", HandlerSpec.class)))
        .contains("code");
  }

  @Test
  void pythonByFileAloneIsInTheImage() {
    assertThat(handler("python: {file: /app/tag.py}"))
        .isEqualTo(python("/app/tag.py", false, "Handler"));
  }

  @Test
  void inlineJavaBecomesTheFileOfItsClass() {
    assertThat(handler("java: {inline: x}").file()).isEqualTo("Handler.java");
    assertThat(handler("java: {inline: x, className: com.acme.Tagger}").file())
        .isEqualTo("Tagger.java");
    assertThat(handler("java: {inline: x, className: com.acme.Tagger$Fast}").file())
        .isEqualTo("Tagger.java");
    assertThat(handler("java: {inline: x, className: $Odd}").file()).isEqualTo("$Odd.java");
    assertThat(
            CodeFiles.inline(
                parse("java: {inline: x, className: com.acme.Tagger}", HandlerSpec.class)))
        .isEqualTo(Map.of("Tagger.java", "x"));
  }

  @Test
  void javaOfAConfigMapIsTheKeyOfItsClassOrTheOneNamed() {
    assertThat(handler("java: {configMap: {name: code}, className: a.Tagger}"))
        .isEqualTo(java("Tagger.java", true, "a.Tagger", List.of()));
    assertThat(handler("java: {configMap: {name: code}, file: Main.java}"))
        .isEqualTo(java("Main.java", true, "Handler", List.of()));
  }

  @Test
  void javaInTheImageHasNoFile() {
    var onTheClassPath = handler("java: {className: a.Tagger, classpath: [/app/lib/*.jar, x.jar]}");

    assertThat(onTheClassPath)
        .isEqualTo(java(null, false, "a.Tagger", List.of("/app/lib/*.jar", "x.jar")));
  }

  @Test
  void aJobWithoutItemsIsNoRun() {
    assertThatThrownBy(() -> freeze(HANDLER, "", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("items is 0, at least 1");
  }

  private static RunSpec freeze(String api, String job, int items) {
    return Freeze.freeze(api(api), job(job), "uid-1", items, NOW);
  }

  private static NamedSpec<BatchApiSpec> api(String yaml) {
    return new NamedSpec<>("vision", "tagger", parse(yaml, BatchApiSpec.class));
  }

  private static NamedSpec<BatchJobSpec> job(String yaml) {
    String whole = "apiName: tagger\ninput: {count: 1}\n" + yaml;
    return new NamedSpec<>("vision", "monday", parse(whole, BatchJobSpec.class));
  }

  private static RunSpec.Handler handler(String yaml) {
    return freeze("handler: {" + yaml + "}", "", 1).handler();
  }

  private static @Nullable Integer maxFailed(String limit, int items) {
    return freeze(HANDLER + "\nmaxFailedBatches: " + limit, "", items).maxFailedBatches();
  }

  private static RunSpec.Handler python(String file, boolean inCodeFolder, String className) {
    return new RunSpec.Handler(RunSpec.Language.PYTHON, file, inCodeFolder, className, List.of());
  }

  private static RunSpec.Handler java(
      @Nullable String file, boolean inCodeFolder, String className, List<String> classpath) {
    return new RunSpec.Handler(RunSpec.Language.JAVA, file, inCodeFolder, className, classpath);
  }

  private static <T> T parse(String yaml, Class<T> type) {
    try {
      return YAML.readValue(yaml, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
