package dev.batchapi.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

  @ParameterizedTest
  @CsvSource({
    "photos,photos",
    "My Photos_2,my-photos-2",
    "2024-scores,scores",
    "---,handler",
    "a-name-that-is-longer-than-thirty-characters,a-name-that-is-longer-than-thi"
  })
  void aFoldersNameBecomesOneThatKubernetesTakes(String folder, String name) throws IOException {
    assertThat(Template.nameOf(Path.of("x", folder))).isEqualTo(name);
  }

  @Test
  void theJavaProjectUsesThisVersion() throws IOException {
    assertThat(version("../examples/starter-java/pom.xml", "batchapi.version"))
        .as("run make set-version")
        .isEqualTo(version("../pom.xml", "version"));
  }

  private static String version(String pom, String element) throws IOException {
    var matcher =
        Pattern.compile("<" + element + ">(.*)</").matcher(Files.readString(Path.of(pom)));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
