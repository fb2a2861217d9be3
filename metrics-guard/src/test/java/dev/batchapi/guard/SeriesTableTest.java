package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeriesTableTest {
  private final Line line = new Line();
  private final Sender one = new Sender();
  private final Sender other = new Sender();

  private @Nullable Reason push(SeriesTable table, String text, Sender sender, int second) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(line.read(bytes, 0, bytes.length)).isNull();
    return table.push(line, sender, second);
  }

  private int flood(SeriesTable table, String name, Sender sender) {
    int passed = 0;
    for (int i = 0; i < 2_000; i++) {
      passed += push(table, name + ":1|c|#i:" + i, sender, 1) == null ? 1 : 0;
    }
    return passed;
  }

  @Test
  void oneSenderGetsItsShareAndLeavesOthersTheirs() {
    SeriesTable table = new SeriesTable(900, 8, 60);

    assertThat(flood(table, "a", one)).isEqualTo(100);
    assertThat(push(table, "b:1|c", one, 1)).isEqualTo(Reason.SENDER_SERIES);
    assertThat(push(table, "a:1|c|#i:5", one, 1)).as("what it has").isNull();
    assertThat(push(table, "a:1|c|#i:5", other, 1)).as("anybody's").isNull();
    assertThat(flood(table, "b", other)).isEqualTo(89);
  }

  @Test
  void manySendersNeverUseUpEverything() {
    SeriesTable table = new SeriesTable(900, 8, 60);
    for (int i = 0; i < 30; i++) {
      assertThat(flood(table, "a" + i, new Sender())).isPositive();
    }
    assertThat(push(table, "b:1|c", new Sender(), 1)).isNull();
    assertThat(table.size()).isLessThan(900);
  }

  @Test
  void oneNameLeavesRoomForOthers() {
    SeriesTable table = new SeriesTable(900, 1, 60);
    for (int i = 0; i < 10; i++) {
      Sender sender = new Sender();
      for (int k = 0; k < 60; k++) {
        push(table, "a:1|c|#i:" + i + "-" + k, sender, 1);
      }
    }

    assertThat(table.size()).isEqualTo(450);
    assertThat(push(table, "a:1|c|#x:y", new Sender(), 1)).isEqualTo(Reason.NAME_SERIES);
    assertThat(push(table, "b:1|c|#x:y", new Sender(), 1)).isNull();
  }

  @Test
  void whatTheExporterForgetsMakesRoomButNamesStay() {
    SeriesTable table = new SeriesTable(900, 8, 60);
    flood(table, "a", one);
    assertThat(push(table, "a:1|c|#i:7", other, 40)).isNull();
    table.expire(61);
    assertThat(table.size()).isEqualTo(100);

    table.expire(62);

    assertThat(table.size()).isEqualTo(1);
    assertThat(one.series).isEqualTo(1);
    assertThat(push(table, "a:1|c|#i:7", one, 62)).isNull();
    assertThat(table.size()).isEqualTo(1);
    assertThat(push(table, "a:1|g", one, 62)).isEqualTo(Reason.TYPE);
    assertThat(table.shapes()).isEqualTo(1);
  }

  @Test
  void namesAreLimitedForEachSender() {
    SeriesTable table = new SeriesTable(900, 8, 60);
    int passed = 0;
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 90; i++) {
        Reason reason = push(table, "n" + second + "_" + i + ":1|c", one, second * 100);
        passed += reason == null ? 1 : 0;
      }
      table.expire(second * 100 + 99);
    }

    assertThat(passed).isEqualTo(100);
    assertThat(push(table, "n:1|c", one, 2_000)).isEqualTo(Reason.NAMES);
    assertThat(push(table, "n:1|c", other, 2_000)).isNull();
  }

  @Test
  void whenTheExporterForgetsEverythingSoDoesTheTable() {
    SeriesTable table = new SeriesTable(900, 8, 60);
    flood(table, "a", one);

    table.clear();

    assertThat(push(table, "a:1|g", other, 1)).isNull();
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.shapes()).isEqualTo(1);
  }
}
