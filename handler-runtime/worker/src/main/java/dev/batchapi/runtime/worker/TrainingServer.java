package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays the NATS server for {@link Training}: one connection, and of JetStream just what a worker
 * asks for. It has some batches, then the job's end.
 */
final class TrainingServer implements AutoCloseable {
  private static final String GREETING =
      "INFO {\"server_id\":\"T\",\"server_name\":\"T\",\"version\":\"2.15.2\",\"proto\":1,"
          + "\"host\":\"127.0.0.1\",\"port\":4222,\"headers\":true,\"max_payload\":2097152,"
          + "\"jetstream\":true,\"client_id\":1,\"client_ip\":\"127.0.0.1\","
          + "\"auth_required\":true,\"nonce\":\"PXoWU7zWAMt75FY\"}\r\n";

  private final ServerSocket server;
  private final String job;
  private final int batches;
  private final Map<String, String> subscriptions = new LinkedHashMap<>();
  private int delivered;

  TrainingServer(String job, int batches) throws IOException {
    this.job = job;
    this.batches = batches;
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("training-server").start(this::play);
  }

  String url() {
    return "nats://127.0.0.1:" + server.getLocalPort();
  }

  private void play() {
    try (var socket = server.accept()) {
      var in = new BufferedInputStream(socket.getInputStream());
      var out = socket.getOutputStream();
      out.write(GREETING.getBytes(US_ASCII));
      for (var line = line(in); !line.isEmpty(); line = line(in)) {
        var words = List.of(line.split(" +"));
        switch (words.getFirst()) {
          case "PING" -> out.write("PONG\r\n".getBytes(US_ASCII));
          case "SUB" -> subscriptions.put(words.get(1).replace("*", ""), words.getLast());
          case "PUB", "HPUB" -> {
            in.skipNBytes(Integer.parseInt(words.getLast()) + 2L);
            if (words.size() > (words.getFirst().equals("PUB") ? 3 : 4)) {
              answer(words.get(1), words.get(2), out);
            }
          }
          default -> {
            // CONNECT and UNSUB want no answer.
          }
        }
      }
    } catch (IOException e) {
      // The worker has gone.
    }
  }

  private void answer(String subject, String inbox, OutputStream out) throws IOException {
    if (subject.startsWith("$JS.API.CONSUMER.MSG.NEXT.")) {
      if (delivered < batches) {
        delivered++;
        out.write(
            message(
                "work." + job + '.' + (delivered - 1),
                "%s $JS.ACK.WORK.%s.1.%d.%d.1700000000000000000.0"
                    .formatted(sid(inbox), job, delivered, delivered),
                "",
                "[1]"));
      } else {
        out.write(message(inbox, sid(inbox), "NATS/1.0 409 Consumer Deleted\r\n\r\n", ""));
      }
    } else if (subject.startsWith("$JS.API.DIRECT.GET.OUT.")) {
      out.write(
          message(
              inbox,
              sid(inbox),
              "NATS/1.0\r\nNats-Stream: OUT\r\nNats-Subject: end.%s\r\nNats-Sequence: 1\r\n\r\n"
                  .formatted(job),
              "{\"verdict\":\"Complete\",\"message\":\"\",\"at\":\"1970-01-01T00:00:00Z\"}"));
    } else if (subject.startsWith("$JS.API.")) {
      out.write(message(inbox, sid(inbox), "NATS/1.0 404 Message Not Found\r\n\r\n", ""));
    } else {
      out.write(message(inbox, sid(inbox), "", "{\"stream\":\"OUT\",\"seq\":1}"));
    }
  }

  private String sid(String inbox) throws IOException {
    for (var subscription : subscriptions.entrySet()) {
      if (inbox.startsWith(subscription.getKey())) {
        return subscription.getValue();
      }
    }
    throw new IOException("nobody listens on " + inbox);
  }

  private static byte[] message(String subject, String sidAndReply, String headers, String body) {
    var head =
        headers.isEmpty()
            ? "MSG %s %s %d\r\n".formatted(subject, sidAndReply, body.length())
            : "HMSG %s %s %d %d\r\n"
                .formatted(
                    subject, sidAndReply, headers.length(), headers.length() + body.length());
    return (head + headers + body + "\r\n").getBytes(UTF_8);
  }

  /** Up to the end of the line; empty at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(US_ASCII).strip();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
