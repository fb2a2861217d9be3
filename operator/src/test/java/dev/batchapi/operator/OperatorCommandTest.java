package dev.batchapi.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JVM's own word on the options that it is started with. */
class OperatorCommandTest {
  private static final Pattern HEAP = Pattern.compile("MaxHeapSize\\s*=\\s*([0-9]+)");

  /** MaxRAM stands for a container's limit. */
  @ParameterizedTest
  @CsvSource({"512, 256", "1024, 512", "4096, 2048"})
  void theHeapIsHalfOfTheContainersMemory(int limitMib, int heapMib) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OperatorCommand.JVM_OPTIONS);
    command.addAll(List.of("-XX:MaxRAM=" + limitMib + "m", "-XX:+PrintFlagsFinal", "-version"));
    var java = new ProcessBuilder(command).redirectErrorStream(true).start();
    var out = new String(java.getInputStream().readAllBytes(), UTF_8);

    assertThat(java.waitFor()).as(out).isZero();
    var heap = HEAP.matcher(out);
    assertThat(heap.find()).as(out).isTrue();
    assertThat(Long.parseLong(heap.group(1)) >> 20).isEqualTo(heapMib);
  }
}
