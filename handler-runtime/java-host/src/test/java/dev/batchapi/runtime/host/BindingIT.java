package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Items, results, and whose Jackson makes them. */
@Timeout(60)
class BindingIT {
  private static final Path AUTHORS_JACKSON = Path.of("target/authors-jackson").toAbsolutePath();

  private static final String NULL = "; Integer in its place may be null";

  @TempDir Path folder;

  @Test
  void itemsMayHaveMoreFieldsButMustFit() throws Exception {
    String source =
        Sources.handler(
            "Handler.Photo",
            "return payload;",
            """
            public record Size(int width, int height) {
              public Size { if (width < 0) throw new IllegalArgumentException("width is negative"); }
            }
            public record Photo(String name, Size size, java.time.Instant taken) {}
            """);
    try (var host = host(source)) {
      FakeWorker worker = host.worker();
      assertThat(
              worker.resultOf(
                  "[{'name': 'a', 'iso': 100, 'size': {'width': 3, 'height': 0}, 'taken': '2026-01-01T00:00:00Z'}]"
                      .replace('\'', '"')))
          .isEqualTo(
              "[{\"name\":\"a\",\"size\":{\"width\":3,\"height\":0},\"taken\":\"2026-01-01T00:00:00Z\"}]");
      HandlerError misfit = worker.failureOf("[{}, {}, {\"size\": {\"width\": \"wide\"}}]");
      assertThat(misfit)
          .isEqualTo(
              new HandlerError(
                  Reason.FatalError,
                  "ItemInvalid",
                  "payload[2].size.width is the text \"wide\", and must be a whole number from -2147483648 to 2147483647 (int in Handler$Photo)",
                  ""));
      assertThat(worker.failureOf("[7]").message())
          .isEqualTo(
              "payload[0] is the number 7, and must be an object with the fields name, size, taken (Handler$Photo)");
      HandlerError refused = worker.failureOf("[{\"size\": {\"width\": -1, \"height\": 1}}]");
      assertThat(refused.reason()).isEqualTo(Reason.FatalError);
      assertThat(refused.type()).isEqualTo("java.lang.IllegalArgumentException");
      assertThat(refused.message())
          .isEqualTo("payload[0].size is refused by Handler$Photo: width is negative");
      assertThat(refused.stack())
          .isEqualTo(
              "java.lang.IllegalArgumentException: width is negative\n\tat Handler$Size.<init>(Handler.java:7)\n");
      assertThat(worker.failureOf("{}").message())
          .isEqualTo("payload is an empty object, and must be a list (Handler$Photo)");
      assertThat(worker.failureOf("oops").message()).startsWith("payload can't be read as JSON: ");
      assertThat(worker.failureOf("null").message())
          .isEqualTo("the payload is null and not a JSON array");
      assertThat(worker.failureOf("").reason()).isEqualTo(Reason.FatalError);
      assertThat(worker.resultOf("[null]")).isEqualTo("[null]");
    }
  }

  @Test
  void whatDoesNotFitIsSaidInPlainWords() throws Exception {
    String whole = "a whole number from -2147483648 to 2147483647 (int in Handler$Photo)";
    Map<String, String> misfits = new LinkedHashMap<>();
    misfits.put("'count': null", ".count is null, and must be " + whole + NULL);
    misfits.put("'count': ''", ".count is the text \"\", and must be " + whole);
    misfits.put("'count': 2.5", ".count is the number 2.5, and must be " + whole);
    misfits.put("'count': 99999999999", ".count is the number 99999999999, and must be " + whole);
    misfits.put(
        "'name': {'a': 1}",
        ".name is an object with the field a, and must be text (java.lang.String in Handler$Photo)");
    misfits.put(
        "'kind': 'BIRD'",
        ".kind is the text \"BIRD\", and must be one of CAT, dog (Handler$Kind in Handler$Photo)");
    misfits.put(
        "'ok': 'maybe'",
        ".ok is the text \"maybe\", and must be true or false (boolean in Handler$Photo)");
    misfits.put(
        "'scores': [1, 'x']",
        ".scores[1] is the text \"x\", and must be a number (java.lang.Double in Handler$Photo)");
    misfits.put("'scores': 1", ".scores is the number 1, and must be a list (Handler$Photo)");
    misfits.put(
        "'size': 3",
        ".size is the number 3, and must be an object with the fields width, height (Handler$Size in Handler$Photo)");
    misfits.put("'size': {}", ".size.width is missing, and must be " + whole + NULL);
    misfits.put(
        "'size': []",
        ".size is a list, and must be an object with the fields width, height (Handler$Size in Handler$Photo)");
    misfits.put(
        "'taken': {}",
        ".taken is an empty object, and must be an Instant (java.time.Instant in Handler$Photo)");
    misfits.put(
        "'taken': 'now'",
        ".taken is the text \"now\", and must be an Instant (java.time.Instant in Handler$Photo): Text 'now' could not be parsed at index 0");
    misfits.put(
        "'plain': {'a': 1}",
        ".plain does not fit Handler$Photo: the type there can't be made from a JSON object; a record can, or a class that has a constructor without arguments");
    String source =
        Sources.handler(
            "Handler.Photo",
            "return payload;",
            """
            public enum Kind { CAT, @JsonProperty("dog") DOG }
            public record Size(int width, Integer height) {}
            public static class Plain { public int a; public Plain(int a) { this.a = a; } public Plain(int a, int b) {} }
            public static class Photo {
              public String name; public int count; public Kind kind; public boolean ok; public List<Double> scores;
              public Size size; public java.time.Instant taken; public Plain plain;
            }
            """);
    try (var host = host(source)) {
      for (var misfit : misfits.entrySet()) {
        String item = "{" + misfit.getKey().replace('\'', '"') + "}";
        HandlerError error = host.worker().failureOf("[{}, " + item + "]");
        assertThat(error)
            .isEqualTo(
                new HandlerError(
                    Reason.FatalError, "ItemInvalid", "payload[1]" + misfit.getValue(), ""));
      }
    }
  }

  @Test
  void optionalsAreValuesOrNoneInItemsAndResults() throws Exception {
    String source =
        Sources.handler(
            "Handler.Photo",
            "return payload.stream().map(p -> new Out(p.caption(), OptionalInt.of(p.width().orElse(0)), OptionalDouble.empty())).toList();",
            """
            public record Photo(Optional<String> caption, OptionalInt width) {}
            public record Out(Optional<String> caption, OptionalInt width, OptionalDouble score) {}
            """);
    try (var host = host(source)) {
      assertThat(host.worker().resultOf("[{\"caption\": \"hi\", \"width\": 640}, {}]"))
          .isEqualTo(
              "[{\"caption\":\"hi\",\"width\":640,\"score\":null},{\"caption\":null,\"width\":0,\"score\":null}]");
    }
  }

  @Test
  void aFractionIsNoInteger() throws Exception {
    try (var host = host(Sources.handler("Integer", "return payload;"))) {
      assertThat(host.worker().resultOf("[2]")).isEqualTo("[2]");
      HandlerError misfit = host.worker().failureOf("[1, 2.9]");
      assertThat(misfit.reason()).isEqualTo(Reason.FatalError);
      assertThat(misfit.message())
          .startsWith("payload[1] is the number 2.9, and must be a whole number from ");
    }
    String record = "public record Box(long width) {}";
    try (var host = host(Sources.handler("Handler.Box", "return payload;", record))) {
      assertThat(host.worker().failureOf("[{\"width\": 2.9}]").message())
          .startsWith("payload[0].width is the number 2.9, and must be a whole number from ");
    }
  }

  @Test
  void halfACharacterIsWrittenAsJsonHasIt() throws Exception {
    try (var host = host(Sources.handler("String", "return payload.getFirst().substring(0, 5);"))) {
      assertThat(host.worker().resultOf("[\"nice🙂day\"]").toLowerCase(java.util.Locale.ROOT))
          .isEqualTo("\"nice\\ud83d\"");
    }
  }

  @Test
  void whatIsNoJsonIsRefusedWithItsPlaceAndType() throws Exception {
    Map<String, String> results = new LinkedHashMap<>();
    results.put("Double.NaN", "result is NaN, which JSON can't hold: return null instead");
    results.put(
        "List.of(1, List.of(2, new R(1 / 0.0)))",
        "result[1][1].value is Infinity, which JSON can't hold: return null instead");
    results.put(
        "Map.of(\"a b\", new float[] {1, Float.NaN})",
        "result[\"a b\"][1] is NaN, which JSON can't hold: return null instead");
    results.put(
        "Map.of(\"x\", new double[] {1, -1 / 0.0})",
        "result.x[1] is -Infinity, which JSON can't hold: return null instead");
    results.put(
        "Map.of(\"f\", List.of(java.io.InputStream.nullInputStream()))",
        "result.f[0] is a java.io.InputStream$1, which can't be written as JSON");
    results.put(
        "List.of(Thread.currentThread())",
        "result[0] is a dev.batchapi.runtime.host.HandlerThread, which can't be written as JSON");
    results.put(
        "java.util.stream.Stream.of(1)",
        "result is a java.util.stream.ReferencePipeline$Head, which can't be written as JSON: collect it, as by toList()");
    results.put(
        "new java.util.concurrent.CompletableFuture<Integer>()",
        "result is a java.util.concurrent.CompletableFuture, which can't be written as JSON: wait for it, as by get()");
    results.put(
        "Map.of(\"o\", new Object())",
        "result.o is a java.lang.Object, which can't be written as JSON: it has no public field or getter; a record has what is needed");
    results.put("new Bad()", "result.name can't be written as JSON: reading it threw: no name");
    results.put("new Raw(\"{oops\")", "result.json is raw text that is not JSON");
    StringBuilder cases = new StringBuilder("return switch (payload.get(0)) {");
    int number = 0;
    for (String result : results.keySet()) {
      cases.append("case %d -> %s;".formatted(number++, result));
    }
    cases.append(
        """
        case 100 -> { List<Object> own = new ArrayList<>(); own.add(own); yield own; }
        case 101 -> { Map<String, Object> own = new HashMap<>(); own.put("me", own); yield own; }
        case 102 -> new Raw("{\\"ok\\": [1]}");
        case 103 -> null;
        case 104 -> com.fasterxml.jackson.databind.node.NullNode.getInstance();
        case 105 -> List.of(new byte[] {1}, 1.5, 2L, "\\u0000é😀", Optional.of(1).get(), Map.of(), new R(0.1));
        case 106 -> new byte[3_000_000];
        case 107 -> "x".repeat(256 * 1024 - 2);
        case 108 -> "x".repeat(256 * 1024 - 1);
        case 109 -> Collections.nCopies(100_000_000, 7);
        default -> 0; };
        """);
    String source =
        Sources.handler(
            "Integer",
            cases.toString(),
            """
            public record R(double value) {}
            public static class Bad { public String getName() { throw new IllegalStateException("no name"); } }
            public record Raw(@JsonRawValue String json) {}
            """);
    try (var host = host(source)) {
      FakeWorker worker = host.worker();
      number = 0;
      for (String expected : results.values()) {
        HandlerError error = worker.failureOf("[" + number++ + "]");
        assertThat(error.reason()).isEqualTo(Reason.ResultInvalid);
        assertThat(error.message()).as("" + (number - 1)).isEqualTo(expected);
      }
      assertThat(worker.failureOf("[100]").message()).contains("can't be written as JSON");
      assertThat(worker.failureOf("[101]").message()).contains("can't be written as JSON");
      assertThat(worker.resultOf("[102]")).isEqualTo("{\"json\":{\"ok\": [1]}}");
      assertThat(worker.resultOf("[103]")).isEmpty();
      assertThat(worker.resultOf("[104]")).isEmpty();
      assertThat(worker.resultOf("[105]"))
          .isEqualTo("[\"AQ==\",1.5,2,\"\\u0000é\\uD83D\\uDE00\",1,{},{\"value\":0.1}]");
      String tooLarge =
          "the result has more than 262,144 bytes as JSON, the limit: return less for each item, use a smaller batchSize, set output in the job (or --results on a laptop), with which a batch may return 64 MiB, or store it elsewhere and return where it is";
      for (int large : List.of(106, 108, 109)) {
        assertThat(worker.failureOf("[" + large + "]"))
            .isEqualTo(new HandlerError(Reason.ResultInvalid, "ResultInvalid", tooLarge, ""));
      }
      assertThat(worker.resultOf("[107]")).hasSize(256 * 1024);
    }
  }

  @Test
  void withoutAJacksonOfHisOwnTheAuthorSeesOurs() throws Exception {
    String source =
        Sources.handler(
            "JsonNode",
            "return List.of(new Named(payload.get(0).get(\"a\").asInt()), com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION.toString());",
            "public record Named(@JsonProperty(\"the_value\") int value) {}");
    try (var host = host(source)) {
      assertThat(host.worker().resultOf("[{\"a\": 5}]"))
          .isEqualTo(
              "[{\"the_value\":5},\""
                  + com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION
                  + "\"]");
    }
  }

  @Test
  void hisOwnJacksonBindsHisTypesWithHisAnnotationsAndModules() throws Exception {
    String source =
        Sources.handler(
            "Handler.Item",
            """
                return List.of(payload.get(0), com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION.toString(),
                    com.fasterxml.jackson.databind.ObjectMapper.class.getClassLoader() == Handler.class.getClassLoader());
                """,
            """
                public record Item(@JsonProperty("the_value") int value, @JsonAlias("at") java.time.Instant when) {}
                public record Config(@JsonProperty("min_size") int minSize) {}
                public Handler(Config config) { if (config.minSize() != 3) throw new IllegalStateException(); }
                """);
    Path jar =
        Sources.jar(
            folder.resolve("own.jar"),
            source,
            List.of(
                AUTHORS_JACKSON.resolve("jackson-databind-2.13.5.jar"),
                AUTHORS_JACKSON.resolve("jackson-core-2.13.5.jar"),
                AUTHORS_JACKSON.resolve("jackson-annotations-2.13.5.jar")));
    try (var host = new HostInThisJvm(folder)) {
      host.worker()
          .start("Handler", Map.of("min_size", 3), jar.toString(), AUTHORS_JACKSON + "/*.jar");
      FakeWorker worker = host.worker().ready();
      assertThat(
              worker.resultOf(
                  "[{\"the_value\": 5, \"more\": 1, \"at\": \"2026-01-01T00:00:00Z\"}]"))
          .isEqualTo("[{\"the_value\":5,\"when\":\"2026-01-01T00:00:00Z\"},\"2.13.5\",true]");
      HandlerError error = worker.failureOf("[{\"the_value\": \"x\"}]");
      assertThat(error.message())
          .startsWith("payload[0].the_value is the text \"x\", and must be a whole number from ")
          .endsWith(" (int in Handler$Item)");
    }
    try (var host = new HostInThisJvm(folder)) {
      host.worker()
          .start("Handler", Map.of("minSize", 3), jar.toString(), AUTHORS_JACKSON + "/*.jar");
      assertThat(host.worker().invalid())
          .startsWith("config.minSize is not a field of Handler$Config; did you mean min_size?");
    }
  }

  @Test
  void inlineSourceIsCompiledAgainstHisJacksonAndOnlyHis() throws Exception {
    String source =
        Sources.handler(
            "String",
            "return com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION.toString();");
    try (var host = new HostInThisJvm(folder).with("Handler.java", source)) {
      host.worker().start("Handler", Map.of(), AUTHORS_JACKSON + "/*.jar");
      assertThat(host.worker().ready().resultOf("[\"\"]")).isEqualTo("\"2.13.5\"");
    }
  }

  @Test
  void annotationsAloneOnHisClassPathStillWork() throws Exception {
    String source =
        Sources.handler(
            "Handler.Item",
            "return payload;",
            "public record Item(@JsonProperty(\"the_value\") int value) {}");
    try (var host = new HostInThisJvm(folder).with("Handler.java", source)) {
      host.worker().start("Handler", Map.of(), AUTHORS_JACKSON + "/jackson-annotations-2.13.5.jar");
      assertThat(host.worker().ready().resultOf("[{\"the_value\": 5}]"))
          .isEqualTo("[{\"the_value\":5}]");
    }
  }

  @Test
  void aJacksonThatIsNotWholeIsInvalid() throws Exception {
    String source =
        Sources.handler("Map<String, Object>", "return payload;")
            .replace("import com.fasterxml", "// ");
    try (var host = new HostInThisJvm(folder).with("Handler.java", source)) {
      host.worker().start("Handler", Map.of(), AUTHORS_JACKSON + "/jackson-databind-2.13.5.jar");
      assertThat(host.worker().invalid())
          .startsWith("the jackson-databind on the class path can't be used (")
          .contains("com/fasterxml/jackson/core/");
    }
  }

  @Test
  void librariesOfOursAreNotVisible() throws Exception {
    String source =
        Sources.handler(
            "String",
            """
            List<String> seen = new ArrayList<>();
            for (String name : payload) {
              try { Class.forName(name); seen.add(name); } catch (ClassNotFoundException e) { }
              try { Thread.currentThread().getContextClassLoader().loadClass(name); seen.add(name); } catch (ClassNotFoundException e) { }
            }
            return seen;
            """);
    try (var host = host(source)) {
      assertThat(
              host.worker()
                  .resultOf(
                      "[\"org.slf4j.Logger\", \"io.nats.client.Nats\", \"dev.batchapi.runtime.host.JavaHost\", \"dev.batchapi.metrics.StatsdMetrics\", \"com.fasterxml.jackson.dataformat.yaml.YAMLFactory\", \"com.fasterxml.jackson.datatype.jsr310.JavaTimeModule\", \"picocli.CommandLine\", \"org.junit.jupiter.api.Test\", \"java.sql.Driver\"]"))
          .isEqualTo("[\"java.sql.Driver\",\"java.sql.Driver\"]");
      assertThat(Files.exists(host.code())).isTrue();
    }
  }

  private HostInThisJvm host(String source) throws Exception {
    HostInThisJvm host = new HostInThisJvm(folder).with("Handler.java", source);
    host.worker().start("Handler", Map.of());
    var _ = host.worker().ready();
    return host;
  }
}
