package dev.batchapi.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigMapCodeTest {
  @TempDir private Path folder;

  private void file(String name, String content) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void whatIsNoCodeIsLeftOut() throws Exception {
    file("handler.py", "a");
    file("words.txt", "ä");
    for (var other :
        new String[] {
          "batchapi.yaml",
          "README.md",
          ".env",
          ".git/config",
          "__pycache__/x.pyc",
          "test_a.py",
          "data/large.bin",
          "notes/deep/a.tmp",
          "only/here.py"
        }) {
      file(other, "b");
    }
    file(".batchapiignore", "# a comment\n\ntest_*.py\ndata/\n*.tmp\n/only/here.py\nnotes/**\n");
    assertThat(ConfigMapCode.of(folder))
        .containsOnlyKeys("handler.py", "words.txt")
        .containsValue("ä");
  }

  @Test
  void everythingThatAConfigMapCannotHoldIsSaidAtOnce() throws Exception {
    file("handler.py", "a");
    file("util/words.py", "a");
    file("a name.py", "a");
    Files.write(folder.resolve("model.bin"), new byte[] {1, 0, 2});
    Files.write(folder.resolve("latin.txt"), new byte[] {(byte) 0xe4});
    Files.createSymbolicLink(folder.resolve("passwd"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("gone.py"), Path.of("nowhere.py"));
    Files.createSymbolicLink(folder.resolve("same.py"), Path.of("handler.py"));
    var problems =
        catchThrowableOfType(CodeFolderException.class, () -> ConfigMapCode.of(folder)).problems();
    assertThat(problems).hasSize(6);
    assertThat(String.join("\n", problems))
        .contains("util/words.py: a ConfigMap holds no folders", "a name.py: in a ConfigMap names")
        .contains("model.bin: is no text in UTF-8", "latin.txt: is no text in UTF-8")
        .contains("passwd: is a link to what is not in this folder", "gone.py: is a link")
        .doesNotContain("same.py");
  }

  @Test
  void aFolderHasAsManyBytesAsAConfigMap() throws Exception {
    file("a.py", "x".repeat(ConfigMapCode.MAX_BYTES - "a.py".length()));
    assertThat(ConfigMapCode.of(folder)).hasSize(1);
    file("b.py", "");
    assertThat(catchThrowableOfType(CodeFolderException.class, () -> ConfigMapCode.of(folder)))
        .hasMessageContaining("its files have 1,048,580 bytes, and a ConfigMap holds 1,048,576");
  }
}
