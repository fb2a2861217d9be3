package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.RandomPushesIT;
import dev.batchapi.metrics.StatsdMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guard before the real exporter, and what senders may try. */
class ExporterGuardIT {
  private ExporterBehindGuard exporter;
  private Guard guard;
  private Sending sender;

  @BeforeEach
  void start() throws IOException {
    exporter = new ExporterBehindGuard();
    guard = guard(Map.of());
    sender = new Sending("127.0.0.1", guard.port());
  }

  @AfterEach
  void stop() {
    sender.close();
    guard.close();
    exporter.close();
  }

  private Guard guard(Map<String, String> settings) throws IOException {
    Map<String, String> all = new HashMap<>(exporter.guardedBy());
    all.putAll(settings);
    return new Guard(GuardSettings.from(all)).start();
  }

  private void restartGuard(Map<String, String> settings) throws IOException {
    sender.close();
    guard.close();
    guard = guard(settings);
    sender = new Sending("127.0.0.1", guard.port());
  }

  private static void eventually(ThrowingCallable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(assertion::call);
  }

  /** Waits until all that was sent so far was judged. */
  private void judged(long lines) {
    eventually(() -> assertThat(guard.counters().passed() + dropped()).isEqualTo(lines));
  }

  private long dropped() {
    long sum = 0;
    for (Reason reason : Reason.values()) {
      sum += guard.counters().dropped(reason);
    }
    return sum;
  }

  private void arrives(String metric, double value) {
    eventually(() -> assertThat(exporter.value(metric)).isEqualTo(value));
  }

  @Test
  void noEvilLineHarmsAnybody() throws IOException {
    sender.send("known_counter:3|c|#team:a", "known_gauge:42|g", "known_histogram:0.25|h");
    arrives("known_histogram_count", 1);
    List<String> before = ownSamples();
    assertThat(before).hasSizeGreaterThan(20);

    Map<Reason, Long> expected = new HashMap<>();
    List<EvilLines.Evil> evil = EvilLines.all();
    for (EvilLines.Evil one : evil) {
      sender.send(one.line());
      expected.merge(one.reason(), 1L, Long::sum);
    }

    judged(3 + evil.size());
    for (Reason reason : Reason.values()) {
      assertThat(guard.counters().dropped(reason))
          .as(reason.text())
          .isEqualTo(expected.getOrDefault(reason, 0L));
    }
    sender.send("last:1|c");
    arrives("last", 1);
    assertThat(exporter.alive()).isTrue();
    assertThat(ownSamples()).containsAll(before).hasSize(before.size() + 1);
    assertThat(exporter.complaints()).isEmpty();
  }

  private List<String> ownSamples() throws IOException {
    return exporter.scrape().stream()
        .filter(line -> !line.matches("(go|process|promhttp|statsd)_.*"))
        .toList();
  }

  /** What the guard is for: without it these two lines do what they do. */
  @Test
  void withoutTheGuardOneLineIsEnough() throws IOException {
    exporter.sendDirectly("images:3|c");
    arrives("images", 3);

    exporter.sendDirectly("x:1|c|#__name__:y");
    eventually(() -> assertThat(exporter.status("/metrics")).isEqualTo(500));
    assertThat(exporter.status("/-/healthy")).isEqualTo(200);

    exporter.sendDirectly("y:1|h|#le:0.1");
    eventually(() -> assertThat(exporter.alive()).isFalse());
  }

  @Test
  void ordinaryLinesArrive() throws IOException {
    sender.send(
        "hits:1|c\nhits:1|c|@0.1\n\nsize:5|g\nsize:+2|g\nsize:-3|g\n",
        "took:250|ms",
        "took:500|ms|@0.5",
        "seen:1:2:3|d|#model:v1|c:83c0a99c0a54|T1656581400",
        "path:1|c|#url:/a b?c=d&e=é");

    arrives("path", 1);
    assertThat(exporter.value("hits")).isEqualTo(11);
    assertThat(exporter.value("size")).isEqualTo(4);
    assertThat(exporter.value("took_sum")).isEqualTo(1.25);
    assertThat(exporter.value("took_count")).isEqualTo(3);
    assertThat(exporter.value("seen_sum")).isEqualTo(6);
    assertThat(exporter.scrape())
        .contains(
            "path{url=\"/a b?c=d&e=é\"} 1",
            "seen_count{container_id=\"83c0a99c0a54\",model=\"v1\"} 3");
    assertThat(dropped()).isZero();
    assertThat(exporter.complaints()).isEmpty();
  }

  @Test
  void neitherNoiseNorBrokenLinesHarmAnybody() throws IOException {
    sender.send("known_counter:3|c", "known_histogram:1|h");
    arrives("known_counter", 3);
    Random random = new Random(20261129);
    List<byte[]> seeds = new ArrayList<>();
    for (EvilLines.Evil evil : EvilLines.all()) {
      if (evil.line().length() < 1_000) {
        seeds.add(evil.line().getBytes(StandardCharsets.UTF_8));
      }
    }
    seeds.add("hits:1|c|@0.1|#a:b,c:d".getBytes(StandardCharsets.UTF_8));
    seeds.add("took:1:2:3|ms|#url:/a,k:v|c:abc".getBytes(StandardCharsets.UTF_8));

    for (int i = 0; i < 30_000; i++) {
      byte[] datagram;
      if (i % 4 == 0) {
        datagram = new byte[random.nextInt(200)];
        random.nextBytes(datagram);
      } else {
        datagram = seeds.get(random.nextInt(seeds.size())).clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
          byte other = seeds.get(random.nextInt(seeds.size()))[0];
          int at = random.nextInt(datagram.length);
          datagram[at] =
              switch (random.nextInt(3)) {
                case 0 -> other;
                case 1 -> (byte) ":|#,@cghd\n.-_01le".charAt(random.nextInt(17));
                default -> (byte) random.nextInt(256);
              };
        }
      }
      sender.send(datagram);
      if (i % 100 == 0) {
        sender.send("alive:1|c");
        arrivesAtGuard();
      }
    }

    eventually(() -> assertThat(exporter.value("alive")).isEqualTo(300));
    assertThat(exporter.value("known_counter")).isGreaterThanOrEqualTo(3);
    assertThat(guard.counters().passed()).as("not all is dropped").isGreaterThan(500);
    assertThat(dropped()).isGreaterThan(10_000);
    assertThat(exporter.status("/metrics")).isEqualTo(200);
    assertThat(exporter.complaints()).isEmpty();
  }

  /** So that the receive buffer, small on many machines, is not what loses anything. */
  private void arrivesAtGuard() {
    long[] before = {-1};
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              long now = guard.counters().datagrams();
              boolean quiet = now == before[0];
              before[0] = now;
              return quiet;
            });
  }

  @Test
  void whateverTheClientSendsPasses() throws IOException {
    restartGuard(Map.of("BATCHAPI_GUARD_SENDER_PART", "1", "BATCHAPI_GUARD_MAX_SERIES", "50000"));
    try (StatsdMetrics metrics =
        StatsdMetrics.open(
            MetricsSettings.of("127.0.0.1", guard.port())
                .withMaxSeries(5_000)
                .withTags(Map.of("team", "a|b")))) {
      RandomPushesIT.pushRandomly(new Random(11), metrics, 100_000);
      metrics.gauge("last", -1);
    }

    eventually(() -> assertThat(exporter.value("last")).isEqualTo(-1));
    assertThat(guard.counters().passed()).isGreaterThan(5_000);
    assertThat(dropped()).isZero();
    assertThat(exporter.complaints()).isEmpty();
  }

  @Test
  void aFloodOfSeriesFromOneLeavesRoomForOthers() throws IOException {
    restartGuard(Map.of("BATCHAPI_GUARD_MAX_SERIES", "900"));
    try (Sending flooder = new Sending("127.0.0.2", guard.port());
        Sending other = new Sending("127.0.0.3", guard.port())) {
      for (int i = 0; i < 5_000; i++) {
        flooder.send("flood:1|h|#i:" + i);
        if (i % 100 == 0) {
          arrivesAtGuard();
        }
      }
      judged(5_000);
      assertThat(guard.counters().dropped(Reason.SENDER_SERIES)).isEqualTo(4_900);
      arrives("flood_count", 100);

      other.send("mine:1|c|#model:new", "mine_too:1|h");
      flooder.send("flood:1|h|#i:7");

      arrives("mine", 1);
      arrives("mine_too_count", 1);
      arrives("flood_count", 101);
    }
  }

  @Test
  void forgedSendersUseUpNoMemory() throws IOException {
    int senders = 17_000;
    for (int i = 0; i < senders; i++) {
      String address = "127.%d.%d.%d".formatted(1 + i / 60_000, i / 250 % 250, 1 + i % 250);
      try (Sending forged = new Sending(address, guard.port())) {
        forged.send("forged:1|c|#i:" + i);
      }
      if (i % 100 == 0) {
        arrivesAtGuard();
      }
    }
    judged(senders);

    eventually(() -> assertThat(guard.senders()).isEqualTo(1 << 14));
    assertThat(guard.series()).isLessThan(20_000);
    // Whoever had something before has it still.
    sender.send("forged:1|c|#i:1");
    eventually(() -> assertThat(exporter.scrape()).contains("forged{i=\"1\"} 2"));
  }

  @Test
  void linesWaitWhileTheExporterIsRestarted() throws Exception {
    sender.send("before:1|c", "x:1|c");
    arrives("before", 1);

    exporter.kill();
    eventually(() -> assertThat(guard.connected()).isFalse());
    for (int i = 0; i < 1_000; i++) {
      sender.send("during:1|c", "during:1|c");
      if (i % 100 == 0) {
        arrivesAtGuard();
      }
    }
    // It has forgotten that this was a counter.
    sender.send("x:1|g");
    exporter.restart();

    arrives("during", 2_000);
    arrives("x", 1);
    assertThat(dropped()).isZero();
    assertThat(guard.counters().connections()).isEqualTo(2);
    assertThat(exporter.complaints()).isEmpty();
  }

  @Test
  void whileTheExporterTakesNothingEachHasItsShareAndWhatDoesNotFitIsCounted() throws Exception {
    sender.send("first:1|c");
    arrives("first", 1);
    String padding = "#k:" + "v".repeat(150);
    int sent = 0;
    signal("STOP");
    try (Sending greedy = new Sending("127.0.0.2", guard.port())) {
      while (guard.counters().dropped(Reason.EXPORTER) == 0) {
        greedy.send(("flood:1|c|" + padding + "\n").repeat(300));
        sent += 300;
        arrivesAtGuard();
      }
      sender.send("mine:1|c", "mine:1|c");
      judged(1 + sent + 2);
      assertThat(guard.counters().passed())
          .isEqualTo(1 + sent + 2 - guard.counters().dropped(Reason.EXPORTER));
    } finally {
      signal("CONT");
    }

    arrives("mine", 2);
    arrives("flood", (double) (sent - guard.counters().dropped(Reason.EXPORTER)));
  }

  private void signal(String name) throws Exception {
    int code = new ProcessBuilder("kill", "-" + name, "" + exporter.pid()).start().waitFor();
    assertThat(code).isZero();
  }

  @Test
  void emptyHugeAndSplitDatagramsAreRead() throws IOException {
    sender.send("");
    sender.send("\n\n\n");
    sender.send("a:1|c\n".repeat(10_000).substring(0, 60_000));
    sender.send("\0".repeat(65_507));
    sender.send("b:1|c", "b:1|");
    sender.send("c", "b:1|c");

    judged(10_000 + 1 + 4);
    arrives("a", 10_000);
    arrives("b", 2);
    assertThat(guard.counters().dropped(Reason.LENGTH)).isEqualTo(1);
    assertThat(guard.counters().dropped(Reason.FORMAT)).isEqualTo(2);
    assertThat(guard.counters().datagrams()).isEqualTo(6);
  }

  @Test
  void everyValidLineIsCounted() throws Exception {
    long sent = 0;
    for (int i = 0; i < 400; i++) {
      sender.send("single:1|c|#i:" + i % 50);
      sender.send("packed:1|c|#model:v1,team:a\n".repeat(40) + "seen:0.5|h");
      sent += 42;
      Thread.sleep(2); // About 20,000 lines a second.
    }

    arrives("seen_count", 400);
    arrives("single", 400);
    arrives("packed", 16_000);
    assertThat(guard.counters().passed()).isEqualTo(sent);
    assertThat(dropped()).isZero();
  }

  @Test
  void whatHasArrivedIsHandedOnAtTheEnd() throws IOException {
    sender.send("first:1|c");
    arrives("first", 1);
    for (int i = 0; i < 50; i++) {
      sender.send("late:1|c\n".repeat(20));
    }

    guard.close();

    arrives("late", 1_000);
  }
}
