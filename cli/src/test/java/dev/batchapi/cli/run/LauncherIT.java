package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/batchapi} in a folder of its own, as its archive is unpacked. */
class LauncherIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final String IN_A_TERMINAL =
      "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

  @TempDir private Path home;

  @BeforeEach
  void unpack() throws IOException {
    Files.createDirectory(home.resolve("bin"));
    for (var program : List.of("bin/batchapi", "bin/find-jdk")) {
      Files.copy(ROOT.resolve(program), home.resolve(program));
      assertThat(home.resolve(program).toFile().setExecutable(true)).isTrue();
    }
    for (var part : List.of("lib", "python")) {
      Files.createSymbolicLink(home.resolve(part), ROOT.resolve("cli/target/dist").resolve(part));
    }
    Files.writeString(
        home.resolve("job.yaml"),
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: nothing}
        spec:
          handler: {python: {inline: "class Handler: pass"}}
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: nothing}
        spec: {apiName: nothing, input: {count: 3}}
        """);
  }

  @Test
  void whatAPersonsFirstRunHasLoadedIsKeptForLaterCommands() throws Exception {
    var classes = home.resolve("batchapi.jsa");
    assertThat(run("bin/batchapi", "run", "job.yaml", "--dry-run")).startsWith("nothing: 3 items");
    assertThat(classes).doesNotExist();
    var shown = run("python3", "-c", IN_A_TERMINAL, "bin/batchapi", "run", "job.yaml", "--dry-run");
    assertThat(shown).startsWith("nothing: 3 items").doesNotContain("[error]", "[warning]");
    assertThat(classes).isNotEmptyFile();
    assertThat(run("bin/batchapi", "run", "job.yaml", "--dry-run")).startsWith("nothing: 3 items");
  }

  @Test
  void whatIsKeptAndOfNoUseIsPassedOverInSilence() throws Exception {
    var schema = run("bin/batchapi", "schema");
    Files.writeString(home.resolve("batchapi.jsa"), "nothing of the kind");
    assertThat(run("bin/batchapi", "schema")).isEqualTo(schema).startsWith("{");
  }

  /** What it says on standard output; on the other one it says nothing. */
  private String run(String... command) throws Exception {
    var errors = home.resolve("errors");
    var process =
        new ProcessBuilder(command).directory(home.toFile()).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(errors).isEmptyFile();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
