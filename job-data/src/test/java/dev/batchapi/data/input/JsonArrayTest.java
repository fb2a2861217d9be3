package dev.batchapi.data.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class JsonArrayTest {

  @Test
  void newlinesAreFoundWhereverTheyAre() {
    var random = new Random(7);
    var bytes = new byte[100];
    // What a newline is like but for one bit, and bytes whose highest bit is set.
    var others = new byte[] {0, 0x0B, (byte) 0x8A, 0x09, 0x1A, (byte) 0xFF, 'x'};
    for (var round = 0; round < 5_000; round++) {
      for (var i = 0; i < bytes.length; i++) {
        bytes[i] = random.nextInt(20) == 0 ? (byte) '\n' : others[random.nextInt(others.length)];
      }
      var from = random.nextInt(bytes.length);
      var end = from + random.nextInt(bytes.length - from + 1);
      var first = IntStream.range(from, end).filter(i -> bytes[i] == '\n').findFirst().orElse(end);
      assertThat(Newlines.next(bytes, from, end)).as("%s", Arrays.toString(bytes)).isEqualTo(first);
    }
  }

  @Test
  void linesAreItemsAndBlankOnesAreNot() throws IOException {
    assertThat(of("1\n{\"a\": \"b c\"}\n[]")).isEqualTo("[1,{\"a\": \"b c\"},[]]");
    assertThat(of("1\r\n 2 \r\n")).isEqualTo("[1\r, 2 \r]");
    assertThat(of("\n \n\t\r\n1\n\n\n 22\n333\n\n4\n\n")).isEqualTo("[1, 22,333,4]");
  }

  @Test
  void itIsTheSameAsItemByItemHoweverMuchRoomThereWas() throws IOException {
    var random = new Random(8);
    for (var round = 0; round < 2_000; round++) {
      var lines =
          IntStream.range(0, 1 + random.nextInt(12))
              .mapToObj(i -> random.nextBoolean() ? "7".repeat(1 + random.nextInt(30)) : "")
              .toList();
      var array = new JsonArray(1 + random.nextInt(200));
      var one = "0".getBytes(UTF_8);
      array.item(one, 0, one.length);
      var text = String.join("\n", lines).getBytes(UTF_8);
      array.lines(new ByteArrayInputStream(text), text.length);
      array.item(one, 0, one.length);

      var items = lines.stream().filter(line -> !line.isEmpty()).toList();
      assertThat(array.count()).isEqualTo(items.size() + 2);
      assertThat(new String(array.end(), UTF_8))
          .isEqualTo(
              items.stream().map(item -> item + ",").collect(Collectors.joining("", "[0,", "0]")));
    }
  }

  private static String of(String lines) throws IOException {
    var bytes = lines.getBytes(UTF_8);
    var array = new JsonArray(bytes.length + 2);
    array.lines(new ByteArrayInputStream(bytes), bytes.length);
    return new String(array.end(), UTF_8);
  }
}
