package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.metrics.UdpReceiver;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From source and class path to a handler, and every way in which that is the author's mistake. */
@Timeout(60)
class HandlerLoadingIT {
  private static final String ECHO =
      """
      package com.acme;
      import dev.batchapi.handler.*;
      import java.util.*;
      public class Tagger implements BatchHandler<String, List<String>> {
        public Tagger() {}
        @Override public List<String> handleBatch(List<String> payload, BatchContext batch) {
          return payload;
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void aSourceIsCompiledAndRun() throws Exception {
    try (var host =
        new HostInThisJvm(folder)
            .with("Handler.java", Sources.handler("Integer", "return payload;"))) {
      host.worker().start("Handler", Map.of());
      assertThat(host.worker().ready().resultOf("[1, 2]")).isEqualTo("[1,2]");
      host.worker().stop();
      assertThat(host.exit()).isZero();
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfASource() throws Exception {
    try (var host = new HostInThisJvm(folder)) {
      var _ = host.with("Handler.java", "\uFEFF" + Sources.handler("Integer", "return Other.X;"));
      var _ = host.with("Other.java", "\uFEFFclass Other { static final int X = 7; }\r\n");
      host.worker().start("Handler", Map.of());
      assertThat(host.worker().ready().resultOf("[1]")).isEqualTo("7");
    }
  }

  @Test
  void severalSourcesAreCompiledTogetherWhateverTheirNames() throws Exception {
    try (var host =
        new HostInThisJvm(folder)
            .with("main.java", ECHO.replace("return payload", "return Loud.of(payload)"))
            .with(
                "Loud.java",
                "package com.acme; import java.util.*; class Loud { static List<String> of(List<String> l) { return l.stream().map(String::toUpperCase).toList(); } }")) {
      host.worker().start("com.acme.Tagger", Map.of());
      assertThat(host.worker().ready().resultOf("[\"a\"]")).isEqualTo("[\"A\"]");
    }
  }

  @Test
  void jarsAreFoundByPatternAndSourcesMayUseThem() throws Exception {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    Sources.jar(lib.resolve("tagger.jar"), ECHO, List.of());
    try (var host = new HostInThisJvm(folder)) {
      host.worker().start("com.acme.Tagger", Map.of(), lib + "/*.jar");
      assertThat(host.worker().ready().resultOf("[\"a\"]")).isEqualTo("[\"a\"]");
    }
    try (var host =
        new HostInThisJvm(folder)
            .with(
                "Handler.java",
                "public class Handler extends com.acme.Tagger { public Handler() {} }")) {
      host.worker().start("Handler", Map.of(), lib + "/*");
      assertThat(host.worker().ready().resultOf("[\"b\"]")).isEqualTo("[\"b\"]");
    }
  }

  @Test
  void filesInTheCodeFolderAreResources() throws Exception {
    try (var host =
        new HostInThisJvm(folder)
            .with("weights.json", "{}")
            .with(
                "Handler.java",
                Sources.handler(
                    "String",
                    "return new String(Handler.class.getResourceAsStream(\"/weights.json\").readAllBytes());"))) {
      host.worker().start("Handler", Map.of());
      assertThat(host.worker().ready().resultOf("[\"a\"]")).isEqualTo("\"{}\"");
    }
  }

  @Test
  void theConstructorGetsWhatItAsksFor() throws Exception {
    String members =
        """
        public record Config(double threshold, List<String> labels) {}
        private final String all;
        public Handler(MetricsClient metrics, Config config, JobSpec job) {
          metrics.increment("constructed");
          all = job.jobName() + " " + job.config() + " " + config + " " + job.startTime() + job.workers();
        }
        """;
    Map<String, @Nullable Object> config = new HashMap<>();
    config.put("threshold", 0.5);
    config.put("labels", null);
    try (var host =
        new HostInThisJvm(folder)
            .with("Handler.java", Sources.handler("String", "return all;", members))) {
      host.worker().start("Handler", config);
      assertThat(host.worker().ready().resultOf("[\"a\"]"))
          .startsWith("\"photos-monday {")
          .endsWith("} Config[threshold=0.5, labels=null] 2026-01-01T00:00:00Z4\"");
    }
  }

  @Test
  void theConfigurationComesInTheFormThatIsAskedFor() throws Exception {
    Map<String, String> forms =
        Map.of(
            "Map<String, Object> c", "c.get(\"n\").getClass() + \"\" + c",
            "JsonNode c", "c.get(\"n\").isInt() + \"\" + c",
            "Bean c", "c.n",
            "LinkedHashMap<String, Integer> c", "c");
    Map<String, String> expected =
        Map.of(
            "Map<String, Object> c", "class java.lang.Integer{n=3}",
            "JsonNode c", "true{\"n\":3}",
            "Bean c", "3",
            "LinkedHashMap<String, Integer> c", "{n=3}");
    for (Map.Entry<String, String> form : forms.entrySet()) {
      String members =
          "public static class Bean { public int n; } final String s; public Handler(%s) { s = \"\" + %s; }"
              .formatted(form.getKey(), form.getValue());
      try (var host =
          new HostInThisJvm(folder)
              .with(
                  "Handler.java",
                  Sources.handler("JsonNode", "System.out.print(\"\"); return s;", members))) {
        host.worker().start("Handler", Map.of("n", 3));
        assertThat(
                host.worker()
                    .ready()
                    .resultOf("[0]")
                    .replace("\\\"", "\"")
                    .replaceAll("^\"|\"$", ""))
            .as(form.getKey())
            .isEqualTo(expected.get(form.getKey()));
      }
    }
  }

  @Test
  void aHandlerMayBeANestedOrDerivedGenericClass() throws Exception {
    String source =
        Sources.IMPORTS
            + """
            public class Outer {
              interface Named<T> extends BatchHandler<Map<String, T>, String> {}
              public static abstract class Base<A, B> implements Named<List<A>> {}
              public static class Inner extends Base<Item, String> {
                @Override public String handleBatch(List<Map<String, List<Item>>> payload, BatchContext batch) {
                  return payload.get(0).get("a").get(0).name();
                }
              }
              public record Item(String name) {}
            }
            """;
    try (var host = new HostInThisJvm(folder).with("Outer.java", source)) {
      host.worker().start("Outer.Inner", Map.of());
      assertThat(host.worker().ready().resultOf("[{\"a\": [{\"name\": \"x\", \"more\": 1}]}]"))
          .isEqualTo("\"x\"");
    }
  }

  @Test
  void aSyntaxErrorIsShownAsTheCompilerWouldWithTheLineAndACaret() throws Exception {
    String message = invalid("Handler", "class A {\n\tint x = ;\n}\n");
    assertThat(message)
        .isEqualTo(
            "Handler.java:2: illegal start of expression\n        int x = ;\n                ^");
  }

  @Test
  void manyErrorsAreCountedAndLibrariesOfOursAreNotSeen() throws Exception {
    String message =
        invalid(
            "Handler",
            "import io.nats.client.Nats;\nclass A { A1 a; A2 b; A3 c; A4 d; A5 e; A6 f; }");
    assertThat(message)
        .startsWith(
            "Handler.java:1: package io.nats.client does not exist\nimport io.nats.client.Nats;\n                     ^")
        .endsWith(
            "and 2 more errors\nA library is not on the class path: name its jar in spec.handler.java.classpath; in a cluster spec.image must have it (docs/authors.md, Dependencies)");
  }

  @Test
  void whatIsWrongWithTheClassIsSaidInOneSentence() throws Exception {
    assertThat(invalid("Tagger", ECHO))
        .contains("class Tagger was not found in ", "; did you mean com.acme.Tagger?");
    assertThat(invalid("com.acme.Tager", ECHO)).endsWith("; did you mean com.acme.Tagger?");
    assertThat(invalid("Handler", ECHO)).endsWith("; there is com.acme.Tagger");
    assertThat(
            invalid(
                "Handler", Sources.handler("String", "return 1;").replace("public class", "class")))
        .isEqualTo("class Handler is not public: declare it \"public class Handler\"");
    assertThat(
            invalid(
                "Handler",
                Sources.handler("String", "return 1;")
                    .replace("public class", "public abstract class")))
        .isEqualTo("Handler is abstract and can't be constructed: name a class that implements it");
    assertThat(
            invalid(
                "Handler",
                "public interface Handler extends dev.batchapi.handler.BatchHandler<String, String> {}"))
        .startsWith("Handler is an interface");
    assertThat(
            invalid(
                "Handler",
                "public class Handler { public static class Real implements dev.batchapi.handler.BatchHandler<String, String> { public String handleBatch(java.util.List<String> p, dev.batchapi.handler.BatchContext b) { return null; } } }"))
        .isEqualTo(
            "class Handler does not implement dev.batchapi.handler.BatchHandler, nor ItemHandler; this does: Handler$Real");
  }

  @Test
  void whatIsWrongWithTheConstructorIsSaidInOneSentence() throws Exception {
    String offer =
        "it may ask for the configuration (a Map<String, Object>, a record or a class), JobSpec and MetricsClient, each at most once, in any order";
    assertThat(
            invalid(
                "Handler",
                Sources.handler("String", "return 1;", "public Handler(int threshold) {}")))
        .isEqualTo(
            "the constructor of Handler asks for int threshold, which can't be given: " + offer);
    for (String type :
        List.of(
            "String s",
            "Map<String, Object>[] m",
            "BatchContext b",
            "Runnable r",
            "Thread.State e",
            "List<String> l",
            "Object o",
            "Number n")) {
      assertThat(
              invalid(
                  "Handler",
                  Sources.handler("String", "return 1;", "public Handler(" + type + ") {}")))
          .as(type)
          .endsWith(", which can't be given: " + offer);
    }
    assertThat(
            invalid(
                "Handler",
                Sources.handler(
                    "String",
                    "return 1;",
                    "public record C() {} public Handler(C c, Map<String, Object> d) {}")))
        .isEqualTo(
            "the constructor of Handler asks for java.util.Map<java.lang.String, java.lang.Object> d as well, and had the configuration already: "
                + offer);
    assertThat(
            invalid(
                "Handler",
                Sources.handler(
                    "String", "return 1;", "public Handler() {} public Handler(JobSpec j) {}")))
        .isEqualTo("Handler has 2 public constructors; it needs exactly one, and " + offer);
    assertThat(invalid("Handler", Sources.handler("String", "return 1;", "Handler() {}")))
        .isEqualTo("Handler has no public constructor; it needs exactly one, and " + offer);
  }

  @Test
  void itemsMustHaveAType() throws Exception {
    assertThat(
            invalid(
                "Handler",
                Sources.IMPORTS
                    + "@SuppressWarnings(\"rawtypes\") public class Handler implements BatchHandler { public Object handleBatch(List p, BatchContext b) { return p; } }"))
        .startsWith("Handler implements BatchHandler without saying what its items are");
    assertThat(
            invalid(
                "Handler",
                Sources.IMPORTS
                    + "public class Handler<T> implements BatchHandler<List<T>, String> { public String handleBatch(List<List<T>> p, BatchContext b) { return \"\"; } }"))
        .isEqualTo(
            "the item type of Handler is java.util.List<T>, which is not one type: give BatchHandler a record, a class or Map<String, Object>");
    assertThat(
            invalid(
                "Handler",
                Sources.handler(
                    "Handler.Item",
                    "return 1;",
                    "public static class Item { @JsonCreator Item(int a, @JsonProperty(\"b\") int b) {} @JsonCreator Item(@JsonProperty(\"c\") String c, @JsonProperty(\"d\") int d) {} }")))
        .startsWith(
            "the items of Handler can't be bound: payload does not fit Handler$Item: Conflicting property-based creators");
  }

  @Test
  void aConfigurationThatDoesNotFitNamesTheField() throws Exception {
    String typed =
        Sources.handler(
            "String",
            "return 1;",
            "public record Config(double threshold) { public Config { if (threshold > 1) throw new IllegalArgumentException(\"threshold is above 1\"); } } public Handler(Config c) {}");
    assertThat(invalid("Handler", typed, Map.of("treshold", 1)))
        .isEqualTo(
            "config.treshold is not a field of Handler$Config; did you mean threshold? (for the constructor of Handler)");
    assertThat(invalid("Handler", typed, Map.of("threshold", "high")))
        .startsWith(
            "config.threshold is the text \"high\", and must be a number (double in Handler$Config)");
    assertThat(invalid("Handler", typed, Map.of("threshold", 2)))
        .isEqualTo(
            "config is refused by Handler$Config: threshold is above 1 (for the constructor of Handler)");
  }

  @Test
  void aClassPathThatIsNotThereIsNamed() throws Exception {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "/no/such.jar",
                "classpath \"/no/such.jar\" does not exist",
                "/no/lib/*.jar",
                "classpath \"/no/lib/*.jar\" matches nothing: there is no folder /no/lib",
                folder + "/*.jar",
                "matches nothing: no such file in " + folder,
                "target/none",
                "/target/none): compile first, with mvn package",
                "build/libs/*.jar",
                "/build/libs: compile first, with gradle build",
                "lib",
                "classpath \"lib\" does not exist (looked at ",
                "a\0b",
                "is no path: ")
            .entrySet()) {
      try (var host = new HostInThisJvm(folder)) {
        host.worker().start("Handler", Map.of(), wrong.getKey());
        assertThat(host.worker().invalid()).contains(wrong.getValue());
        assertThat(host.exit()).isEqualTo(1);
      }
    }
  }

  @Test
  void anEmptyCodeFolderHasNoClasses() throws Exception {
    try (var host = new HostInThisJvm(folder)) {
      host.worker().start("Handler", Map.of());
      assertThat(host.worker().invalid())
          .startsWith("class Handler was not found in ")
          .endsWith(", which has no classes at all");
    }
  }

  @Test
  void aMissingLibraryIsNamedAndADamagedClassToo() throws Exception {
    Path lib = Files.createDirectory(folder.resolve("lib2"));
    Path needed =
        Sources.jar(
            lib.resolve("needed.jar"), "package org.lib; public class Needed {}", List.of());
    Path user =
        Sources.jar(
            lib.resolve("user.jar"),
            Sources.handler("String", "return 1;", "public Handler() { new org.lib.Needed(); }"),
            List.of(needed));
    try (var host = new HostInThisJvm(folder)) {
      host.worker().start("Handler", Map.of(), user.toString());
      assertThat(host.worker().invalid())
          .startsWith("Handler needs class org.lib.Needed, which is not in " + user)
          .endsWith(": add its library to classpath");
    }
    try (var host = new HostInThisJvm(folder)) {
      Files.write(host.code().resolve("Handler.class"), new byte[] {1, 2, 3});
      host.worker().start("Handler", Map.of());
      assertThat(host.worker().invalid()).startsWith("the class file of Handler is damaged: ");
    }
    byte[] newer =
        Files.readAllBytes(
            Path.of(HandlerLoadingIT.class.getResource("HandlerLoadingIT.class").toURI()));
    newer[7] = 99;
    try (var host = new HostInThisJvm(folder)) {
      Path file = host.code().resolve("dev/batchapi/runtime/host/HandlerLoadingIT.class");
      Files.createDirectories(file.getParent());
      Files.write(file, newer);
      host.worker().start("dev.batchapi.runtime.host.HandlerLoadingIT", Map.of());
      assertThat(host.worker().invalid())
          .contains("is compiled for a newer Java than this runtime's");
    }
  }

  @Test
  void aConstructorOrStaticInitializerThatThrowsIsBrokenWithTheAuthorsFrames() throws Exception {
    HandlerError constructor =
        broken(
            "public Handler() { load(); } void load() { throw new IllegalStateException(\"no model\"); }");
    assertThat(constructor.type()).isEqualTo("java.lang.IllegalStateException");
    assertThat(constructor.message()).isEqualTo("no model");
    assertThat(constructor.stack())
        .isEqualTo(
            """
            java.lang.IllegalStateException: no model
            \tat Handler.load(Handler.java:6)
            \tat Handler.<init>(Handler.java:6)
            """);
    HandlerError initializer = broken("static final int N = Integer.parseInt(\"x\");");
    assertThat(initializer.type()).isEqualTo("java.lang.NumberFormatException");
    assertThat(initializer.stack()).endsWith("\tat Handler.<clinit>(Handler.java:6)\n");
  }

  /** Its classes have the names of the library that sends our flavour datadog. */
  @ParameterizedTest
  @ValueSource(strings = {"prometheus", "datadog"})
  void aStatsdClientOfTheAuthorsOwnWorksBesideOurs(String flavour) throws Exception {
    var source =
        Sources.handler(
                "Integer",
                """
            metrics.increment("ours");
            own.incrementCounter("theirs");
            return own.getClass().getClassLoader() == Handler.class.getClassLoader();
            """,
                """
            final MetricsClient metrics;
            final com.timgroup.statsd.StatsDClient own;
            public Handler(MetricsClient metrics, Map<String, Object> config) {
              this.metrics = metrics;
              own = new com.timgroup.statsd.NonBlockingStatsDClient("own", "127.0.0.1", (Integer) config.get("port"));
            }
            @Override public void close() { own.stop(); }
            """)
            .replace(
                "BatchHandler<Integer, Object>", "BatchHandler<Integer, Object>, AutoCloseable");
    try (var server = new UdpReceiver();
        var host = new HostInThisJvm(folder).with("Handler.java", source)) {
      host.worker()
          .startPushing(
              "Handler",
              Map.of("port", server.port()),
              "127.0.0.1:" + server.port(),
              flavour,
              Path.of("target/authors-statsd").toAbsolutePath() + "/*.jar");
      assertThat(host.worker().ready().resultOf("[1]")).isEqualTo("true");
      host.worker().stop();
      host.worker().close();
      assertThat(host.exit()).isZero();
      await()
          .untilAsserted(
              () ->
                  assertThat(server.lines().stream().map(l -> l.replaceAll("\\|c:.*", "")))
                      .contains("ours:1|c|#team:vision", "own.theirs:1|c"));
    }
  }

  @Test
  void anotherProtocolOrLanguageIsInvalid() throws Exception {
    try (var host = new HostInThisJvm(folder)) {
      var _ = host.worker().hello();
      host.worker()
          .channel()
          .write(
              FrameType.START,
              "{\"protocol\":7}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(host.worker().invalid()).startsWith("the worker speaks protocol 7, this host 2");
      assertThat(host.exit()).isEqualTo(1);
    }
  }

  private HandlerError broken(String members) throws Exception {
    try (var host =
        new HostInThisJvm(folder)
            .with("Handler.java", Sources.handler("String", "return 1;", members))) {
      host.worker().start("Handler", Map.of());
      HandlerError error = host.worker().broken();
      assertThat(host.exit()).isEqualTo(1);
      return error;
    }
  }

  private String invalid(String className, String source) throws Exception {
    return invalid(className, source, Map.of());
  }

  private String invalid(String className, String source, Map<String, @Nullable Object> config)
      throws Exception {
    try (var host = new HostInThisJvm(folder).with("Handler.java", source)) {
      host.worker().start(className, config);
      String message = host.worker().invalid();
      assertThat(host.exit()).isEqualTo(1);
      return message;
    }
  }
}
