package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, options and inputs as a careless user gives them. */
class UsageIT {
  private static final String FINE =
      "class Handler:\n    def handle_batch(self, payload): return len(payload)\n";

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void helpListsOptionsAndExitCodes() throws Exception {
    cli.run("run", "--help").exits(0).says("--input", "--results", "Exit codes", "130");
    cli.run("--version").exits(0).says("batchapi");
    cli.run("generate-completion").exits(0).says("complete -F", "batchapi");
  }

  @Test
  void wrongOptionsAreNamed() throws Exception {
    cli.run().exits(64).says("COMMAND");
    cli.run("bogus").exits(64).says("bogus");
    cli.run("run").exits(64).says("FILE");
    cli.run("run", "x.yaml", "--wrokers", "2").exits(64).says("--wrokers");
    cli.run("run", "x.yaml", "--workers", "two").exits(64).says("--workers", "two");
    // The sentence is not pushed out of sight by a page of options.
    for (var wrong : List.of("--wrokers", "--format=xml", "--item=x")) {
      var said = cli.run("run", "x.yaml", wrong).exits(64).says(wrong.replaceAll("=.*", "")).err();
      assertThat(said)
          .hasLineCount(said.contains("Possible") ? 3 : 2)
          .endsWith("--help lists the options.\n");
    }
  }

  @Test
  void filesThatAreNotThereOrNoYamlAreNamed() throws Exception {
    cli.run("run", "nothing.yaml").exits(64).says("nothing.yaml").withoutOurFrames();
    cli.file("broken.yaml", "kind: [BatchAPI\nmetadata: }");
    cli.run("run", "broken.yaml").exits(64).says("broken.yaml").withoutOurFrames();
    cli.file("empty.yaml", "");
    cli.run("run", "empty.yaml").exits(64).says("empty.yaml");
    Files.write(folder.resolve("binary.yaml"), new byte[] {0, 1, 2, (byte) 0xff});
    cli.run("run", "binary.yaml").exits(64).says("binary.yaml").withoutOurFrames();
  }

  @Test
  void anUnknownFieldIsNamedWithTheNearestKnownOne() throws Exception {
    var manifest = cli.python(FINE, "bachSize: 3", "input: {count: 3}");
    cli.run("run", manifest).exits(64).says("spec.bachSize", "batchSize");
  }

  @Test
  void zeroWorkersAreRefused() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}\nworkers: 0");
    cli.run("run", manifest).exits(64).says("spec.workers");
    var fine = cli.python(FINE, "", "input: {count: 3}");
    cli.run("run", fine, "--workers", "0").exits(64).says("--workers 0");
  }

  @Test
  void twoJobsOfOneNameAreRefused() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    var text = Files.readString(folder.resolve(manifest));
    cli.file("twice.yaml", text + "---\n" + text.substring(text.indexOf("---") + 4));
    cli.run("run", "twice.yaml").exits(64).says("job");
  }

  @Test
  void aBrokenLineOfTheInputIsNamedBeforeAnythingRuns() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.file("items.jsonl", "1\n{\"a\": \n3\n");
    cli.run("run", manifest, "--input", "items.jsonl").exits(64).says("items.jsonl, line 2");
    cli.file("items.jsonl", "");
    cli.run("run", manifest, "--input", "items.jsonl").exits(64).says("has no items");
    cli.run("run", manifest, "--input", "none.jsonl").exits(64).says("none.jsonl");
  }

  @Test
  void onlyARunThatBeginsSaysThatItReplacesAFile() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.file("r.jsonl", "earlier");
    var refused = cli.run("run", manifest, "--results", "r.jsonl", "--input", "none.jsonl");
    assertThat(refused.exits(64).all()).doesNotContain("is replaced");
    assertThat(folder.resolve("r.jsonl")).hasContent("earlier");
    cli.run("run", manifest, "--results", "r.jsonl")
        .exits(0)
        .says("r.jsonl is there already: it is replaced when the run ends.");
  }

  @Test
  void anItemOverTheLimitIsRefusedWithItsLineAndTheLimit() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.file("items.jsonl", "1\n\"" + "x".repeat(1_100_000) + "\"\n");
    cli.run("run", manifest, "--input", "items.jsonl").exits(64).says("line 2", "1,048,576");
  }

  @Test
  void aFileOf300MegabytesIsReadWithoutHoldingIt() throws Exception {
    var manifest = cli.python(FINE, "batchSize: 4000", "input: {count: 3}");
    var item = "\"" + "x".repeat(200) + "\"\n";
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("items.jsonl"))) {
      for (var i = 0; i < 1_480_000; i++) {
        out.write(item);
      }
    }
    assertThat(Files.size(folder.resolve("items.jsonl"))).isGreaterThan(300_000_000L);
    // Cli gives the process a heap of 256 MB.
    cli.run("run", manifest, "--input", "items.jsonl")
        .exits(0)
        .says("370 succeeded", "1,480,000 items");
  }

  @Test
  void aPathForResultsThatCanNotBeWrittenToIsRefusedBeforeAnythingRuns() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.run("run", manifest, "--results", "no/such/folder.jsonl")
        .exits(64)
        .says("--results no/such/folder.jsonl", "there is no folder");
    cli.run("run", manifest, "--errors", ".").exits(64).says("--errors .", "is a folder");
    cli.run("run", manifest, "--results", "/dev/full").exits(1).says("--results /dev/full");
  }

  @Test
  void whatIsReadIsNeverWrittenTo() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    var before = Files.readString(folder.resolve(manifest));
    cli.run("run", manifest, "--results", "./" + manifest).exits(64).says("is an input");
    assertThat(Files.readString(folder.resolve(manifest))).isEqualTo(before);
    cli.run("run", manifest, "--results", "a", "--errors", "a").exits(64).says("the same file");
  }

  @Test
  void aRunThatNeverBeganKeepsEarlierResults() throws Exception {
    cli.file("results.jsonl", "precious\n");
    var invalid = cli.python("class Tagger: pass\n", "", "input: {count: 3}");
    cli.run("run", invalid, "--results", "results.jsonl").exits(3);
    assertThat(Files.readString(folder.resolve("results.jsonl"))).isEqualTo("precious\n");
    var fine = cli.python(FINE, "", "input: {count: 3}");
    cli.run("run", fine, "--results", "results.jsonl").exits(0);
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(3);
    try (var files = Files.list(folder)) {
      assertThat(files.filter(f -> f.toString().endsWith(".part"))).isEmpty();
    }
  }

  @Test
  void aJobThatIsNotThereIsNamedWithThoseThatAre() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.run("run", manifest, "--job", "monday").exits(64).says("monday", "job");
  }

  @Test
  void jobsOfTheApiItselfAreRun() throws Exception {
    var manifest =
        cli.python(
            FINE,
            "jobs:\n- {name: smoke, input: {count: 2}}\n- {name: full, input: {count: 7}}",
            "input: {count: 3}");
    cli.run("run", manifest)
        .exits(0)
        .says("job: Complete", "api-smoke: Complete", "api-full: Complete");
    var one = cli.run("run", manifest, "--job", "api-full").exits(0).says("7 succeeded");
    assertThat(one.out()).doesNotContain("api-smoke");
  }

  @Test
  void codeAndInputComeFromConfigMapsInTheFiles() throws Exception {
    cli.file(
        "job.yaml",
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: api}
        spec:
          handler: {python: {file: main.py, configMap: {name: code}}}
          batchSize: 2
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: job}
        spec:
          apiName: api
          input: {configMap: {name: data, key: items.jsonl}}
        """);
    cli.run("run", "job.yaml").exits(64).says("data").withoutOurFrames();
    cli.file(
        "maps.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: code}
        data:
          main.py: |
            from helper import double
            class Handler:
                def handle_batch(self, payload): return [double(x) for x in payload]
          helper.py: |
            def double(x): return x * 2
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: data}
        data:
          items.jsonl: |
            1
            2
            3
        """);
    cli.run("run", "job.yaml", "maps.yaml", "--results", "out.jsonl").exits(0).says("2 succeeded");
    assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
        .last()
        .asString()
        .contains("\"result\":6");
  }

  @Test
  void itemsOnTheCommandLineNeedNoBatchJob() throws Exception {
    cli.file(
        "api.yaml",
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: api}
        spec:
          handler: {python: {file: main.py}}
        """);
    cli.file("main.py", FINE);
    cli.file("items.jsonl", "{\"a\": 1}\n{\"a\": 2}\n");
    cli.run("run", "api.yaml").exits(64).says("BatchJob", "--input");
    cli.run("run", "api.yaml", "--input", "items.jsonl", "--workers", "2")
        .exits(0)
        .says("local: Complete", "2 succeeded");
  }

  @Test
  void anUnknownCommandIsAnsweredWithThoseThatThereAre() throws Exception {
    var result = cli.run("submitt", "x.yaml").exits(64).says("no command \"submitt\"", "run");
    assertThat(result.all()).doesNotContain("Did you mean");
  }

  @Test
  void variablesAreWhatAPodWouldHave() throws Exception {
    cli.file(
        "all.yaml",
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: creds}
        stringData: {password: hunter2}
        data: {user: YWRtaW4=}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {host: db.internal}
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: api}
        spec:
          metrics: {statsd: "statsd.monitoring:9125"}
          env:
          - {name: PASSWORD, valueFrom: {secretKeyRef: {name: creds, key: password}}}
          - {name: NAME, valueFrom: {secretKeyRef: {name: creds, key: user}}}
          - {name: HOST, valueFrom: {configMapKeyRef: {name: settings, key: host}}}
          - {name: NONE, valueFrom: {configMapKeyRef: {name: settings, key: x, optional: true}}}
          - {name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
          - {name: NODE, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['a']"}}}
          - {name: URL, value: "pg://$(NAME):$(PASSWORD)@$(HOST)/$(LATER)"}
          - {name: LATER, value: "$$(HOST)"}
          handler:
            python:
              inline: |
                import os
                class Handler:
                    def handle_batch(self, payload):
                        e = os.environ.get
                        print(e("URL"), e("LATER"), e("NS"), e("NONE"), e("NODE"), flush=True)
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: job}
        spec: {apiName: api, input: {count: 1}, output: {path: "s3://results/$(job_name)/"}}
        """);
    cli.run("run", "all.yaml")
        .exits(0)
        .says("output s3://results/job/ is for a cluster: here --results FOLDER/")
        .says("pg://admin:hunter2@db.internal/$(LATER) $(HOST) default None None")
        .says("env NODE: the field metadata.annotations['a'] is only known in a cluster")
        .says("metrics.statsd statsd.monitoring:9125 is for a cluster");
  }

  @Test
  void aVariableOfWhatIsNotInTheFilesIsNamedOrTakenFromTheShell() throws Exception {
    var spec = "env:\n- {name: %s, valueFrom: {secretKeyRef: {name: creds, key: token}}}";
    var manifest = cli.python(FINE, spec.formatted("TOKEN"), "input: {count: 1}");
    cli.run("run", manifest)
        .exits(64)
        .says("env TOKEN: Secret \"creds\" is not in the files", "set TOKEN in the shell");
    var known = cli.python(FINE, spec.formatted("PATH"), "input: {count: 1}");
    cli.run("run", known).exits(0).says("env PATH: Secret", "the shell's own value is used");
  }

  @Test
  void whatIsForAClusterInTheSameFolderIsSkippedWithAWord() throws Exception {
    cli.python(FINE, "", "input: {count: 3}");
    cli.file("kustomization.yaml", "resources: [job.yaml]\nnamePrefix: dev-\n");
    cli.file(
        "list.yaml",
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: PersistentVolumeClaim
          metadata: {name: data}
          spec: {accessModes: [ReadWriteOnce]}
        - apiVersion: batchapi.dev/v1alpha1
          kind: BatchJob
          metadata: {name: second}
          spec: {apiName: api, input: {count: 2}}
        """);
    cli.run("run", ".")
        .exits(0)
        .says("job: Complete", "second: Complete")
        .says("./list.yaml:4: PersistentVolumeClaim \"data\" is skipped")
        .says("./kustomization.yaml: is skipped", "kubectl kustomize");
  }

  @Test
  void aBinaryKeyIsNamedAsSuch() throws Exception {
    var manifest = cli.python(FINE, "", "input: {configMap: {name: latin1, key: items.jsonl}}");
    cli.file(
        "map.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: latin1}
        binaryData: {items.jsonl: eyJ4IjogImNhZukifQo=}
        """);
    cli.run("run", manifest, "map.yaml").exits(64).says("is binary", "Save the file as UTF-8");
    cli.file(
        "code.yaml",
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: api}
        spec: {handler: {python: {configMap: {name: code}}}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: code}
        binaryData: {handler.py: eyJ4IjogImNhZukifQo=}
        """);
    cli.file("items.jsonl", "1\n");
    cli.run("run", "code.yaml", "--input", "items.jsonl")
        .exits(64)
        .says("ConfigMap \"code\", key \"handler.py\", is binary");
  }

  @Test
  void filesAndItemsComeThroughPipesToo() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    cli.file("items.jsonl", "1\n2\n");
    cli.withInput("items.jsonl")
        .run("run", manifest, "--input", "/dev/stdin")
        .exits(0)
        .says("2 items");
    cli.withInput("items.jsonl").run("run", manifest, "--input", "-").exits(0).says("2 items");
    cli.withInput(manifest).run("run", "-").exits(0).says("job: Complete", "3 items");
    cli.withInput(manifest).run("run", "/dev/stdin").exits(0).says("job: Complete", "3 items");
  }

  /** As with {@code file} and {@code classpath}: the folder of the BatchAPI's file. */
  @Test
  void relativePathsOfAHandlerBeginInTheFolderOfItsFile() throws Exception {
    Files.createDirectory(folder.resolve("api"));
    cli.python(
        """
        class Handler:
            def __init__(self): self.model = open("model.txt").read()
            def handle_batch(self, payload):
                open("made.txt", "w").close()
                return self.model
        """,
        "",
        "input: {count: 1}");
    Files.move(folder.resolve("job.yaml"), folder.resolve("api/job.yaml"));
    cli.file("api/model.txt", "a model");
    cli.run("run", "api/job.yaml", "--results", "r.jsonl").exits(0);
    assertThat(folder.resolve("r.jsonl")).content().contains("a model");
    assertThat(folder.resolve("api/made.txt")).exists();
    assertThat(folder.resolve("made.txt")).doesNotExist();
  }

  @Test
  void aFileThatIsReplacedIsSaidBeforeItHappens() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 3}");
    var first = cli.run("run", manifest, "--results", "r.jsonl").exits(0);
    assertThat(first.err()).doesNotContain("is there already");
    cli.run("run", manifest, "--results", "r.jsonl").exits(0).says("r.jsonl is there already");
  }

  @Test
  void theBarFitsIntoTheTerminalAndIsRedrawnInPlace() throws Exception {
    var manifest =
        cli.python(
            "import time\nclass Handler:\n    def handle_batch(self, payload): time.sleep(0.2)\n",
            "",
            "input: {count: 12}");
    for (var columns : List.of(60, 200)) {
      var screen = cli.onTerminal(columns, "run", manifest);
      var bars =
          Pattern.compile("\r\u001b\\[K([^\r\n\u001b]*items[^\r\n\u001b]*)")
              .matcher(screen)
              .results()
              .map(match -> match.group(1))
              .toList();
      assertThat(bars).as(screen).hasSizeGreaterThan(3).allMatch(bar -> bar.length() < columns);
    }
  }

  @Test
  void aStoreThatDoesNotAnswerIsNamedWhileItIsAsked() throws Exception {
    var manifest = cli.python(FINE, "", "input: {count: 1}");
    var nobody = "http://127.0.0.1:1/items.jsonl";
    try (var running = cli.start("run", manifest, "--input", nobody)) {
      await().until(() -> Files.readString(running.err()).contains("Looking at " + nobody));
    }
  }

  @Test
  void whatAnErrorSaysCanNotSteerTheTerminal() throws Exception {
    var manifest =
        cli.python(
            "class Handler:\n"
                + "    def handle_batch(self, payload): raise ValueError('a\\x1b[2Jb\\n"
                + "second')\n",
            "maxFailedBatches: 1",
            "input: {count: 1}");
    cli.run("run", manifest).exits(2).says("ValueError: a\\u001b[2Jb\n      second");
  }
}
