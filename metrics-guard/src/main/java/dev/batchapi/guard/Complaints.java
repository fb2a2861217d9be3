package dev.batchapi.guard;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what was dropped and who sent it: for each reason at most once a minute. */
final class Complaints {
  private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
  private static final int PAUSE_SECONDS = 60;
  private static final int LONGEST_QUOTE = 120;

  private final Map<Reason, Pause> pauses = new EnumMap<>(Reason.class);

  private static final class Pause {
    private int end = Integer.MIN_VALUE;
    private long lines;
  }

  void dropped(
      Reason reason, long lines, InetAddress sender, byte[] data, int from, int to, int now) {
    Pause pause = pauses.computeIfAbsent(reason, r -> new Pause());
    pause.lines += lines;
    if (now < pause.end) {
      return;
    }
    pause.end = now + PAUSE_SECONDS;
    LOG.warn(
        "Dropped {} line(s) as {}: {}. The last is from {}: {}",
        pause.lines,
        reason.text(),
        reason.sentence(),
        sender.getHostAddress(),
        quoted(data, from, to));
    pause.lines = 0;
  }

  /** Nothing that was sent may look like something else in a terminal or a log. */
  private static String quoted(byte[] data, int from, int to) {
    String text =
        new String(data, from, Math.min(to - from, LONGEST_QUOTE), StandardCharsets.ISO_8859_1);
    return '"' + text.replaceAll("[^ -~]", "?") + (to - from > LONGEST_QUOTE ? "…\"" : "\"");
  }
}
