package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code batchapi init} makes runs at once. */
class InitIT {
  @TempDir private Path folder;

  @Test
  void aNewPythonFolderRuns() throws Exception {
    var cli = new Cli(folder);
    cli.run("init", "python", "My Words").exits(0).says("batchapi run 'My Words'");
    cli.run("run", "My Words", "--results", "r.jsonl")
        .exits(0)
        .says("my-words-sample: Complete", "2 succeeded, 0 failed", "texts", "sum 3");
    assertThat(Files.readString(folder.resolve("r.jsonl")))
        .contains("{\"words\":4,\"longest\":\"quick\"}", "{\"words\":0,\"longest\":null}");
    assertThat(Files.readAllLines(folder.resolve("My Words/batchapi.yaml")))
        .startsWith("# yaml-language-server: $schema=batchapi.schema.json");
  }

  @Test
  void aNewJavaFolderRunsOnceItIsCompiled() throws Exception {
    var cli = new Cli(folder);
    cli.run("init", "java", "words").exits(0).says("mvn -q package -f words && batchapi run words");
    assertThat(folder.resolve("words/pom.xml"))
        .content()
        .contains("<artifactId>words</artifactId>");
    assertThat(folder.resolve("words/.gitignore")).exists();
    cli.run("run", "words").exits(3).says("target/classes");
    // Maven's part is done in this build, by the module that the folder was copied from.
    var compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                folder.resolve("words/target/classes").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                folder.resolve("words/src/main/java/com/example/Handler.java").toString());
    assertThat(compiled).isZero();
    cli.run("run", "words")
        .exits(0)
        .says("words-sample: Complete", "2 succeeded, 0 failed", "texts", "sum 3");
  }

  @Test
  void aFolderThatHoldsSomethingIsLeftAsItIs() throws Exception {
    var cli = new Cli(folder);
    cli.file("notes.txt", "mine");
    cli.run("init", "python").exits(64).says(". is not empty (it has notes.txt)", "new or empty");
    cli.run("init", "python", "notes.txt").exits(64).says("notes.txt is a file");
    cli.run("init", "python", "notes.txt/sub").exits(64).says("notes.txt/sub can't be made");
    cli.run("init", "ruby", "new").exits(64).says("python, java");
    assertThat(folder.toFile().list()).containsExactly("notes.txt");
  }

  @Test
  void theSchemaOfTheFolderTellsWhatIsWrong() throws Exception {
    new Cli(folder).run("init", "python", "words").exits(0);
    var schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
            .getSchema(Files.readString(folder.resolve("words/batchapi.schema.json")));
    var api =
        (ObjectNode)
            new ObjectMapper()
                .readTree(
                    """
                    {"apiVersion": "batchapi.dev/v1alpha1", "kind": "BatchAPI", "metadata": {"name": "x"},
                     "spec": {"handler": {"python": {"file": "handler.py"}}, "batchSize": 2}}
                    """);
    assertThat(schema.validate(api)).isEmpty();
    api.withObject("/spec").put("bachSize", 2);
    assertThat(schema.validate(api))
        .extracting(Object::toString)
        .first()
        .asString()
        .contains("bachSize");
    api.put("kind", "BatchJob");
    assertThat(schema.validate(api)).isNotEmpty();
  }
}
