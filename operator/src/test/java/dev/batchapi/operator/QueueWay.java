package dev.batchapi.operator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The way to the queue, of one operator and of the workers that it makes. It counts what the
 * operator sends, and when that is dead nothing of it arrives any more; workers are not touched.
 */
final class QueueWay implements AutoCloseable {
  /** What the owner of a job's ledger changes there; the reply says that it is a request. */
  private static final Pattern CHANGE =
      Pattern.compile(
          "(?:work|end)\\.([0-9a-f-]{36})(?:\\..*)?"
              + "|\\$JS\\.API\\.CONSUMER\\.(?:DURABLE\\.CREATE|CREATE|DELETE)\\.WORK\\.([0-9a-f-]{36})(?:\\..*)?"
              + "|\\$JS\\.API\\.STREAM\\.PURGE\\..*");

  private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final ServerSocket entry;
  private final InetSocketAddress server;
  private final Death death;
  private final Predicate<String> counted;
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();
  private final List<Socket> operators = new CopyOnWriteArrayList<>();
  private final List<Socket> all = new CopyOnWriteArrayList<>();

  /**
   * @param counted whether a job's calls are counted, by its uid
   */
  QueueWay(InetSocketAddress server, Death death, Predicate<String> counted) {
    this.server = server;
    this.death = death;
    this.counted = counted;
    try {
      entry = new ServerSocket(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    death.onDeath(this::cut);
    Thread.ofVirtual().start(this::accept);
  }

  /** For pods too: by the address of this machine that the cluster's traffic comes from. */
  String url() {
    try (var socket = new DatagramSocket()) {
      socket.connect(server);
      return "nats://%s:%d"
          .formatted(socket.getLocalAddress().getHostAddress(), entry.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!entry.isClosed()) {
      try {
        var client = entry.accept();
        var isOperator = isOfThisMachine(client.getInetAddress(), client.getLocalAddress());
        if (isOperator && death.isDead()) {
          client.close();
          continue;
        }
        var to = new Socket(server.getAddress(), server.getPort());
        all.addAll(List.of(client, to));
        if (isOperator) {
          operators.add(client);
        }
        Thread.ofVirtual().start(() -> carry(client, to, isOperator));
        Thread.ofVirtual().start(() -> carry(to, client, false));
      } catch (IOException e) {
        // Closed, or the server is away: the client comes again.
      }
    }
  }

  private static boolean isOfThisMachine(InetAddress from, InetAddress to) {
    return from.isLoopbackAddress() || from.equals(to);
  }

  private void carry(Socket from, Socket to, boolean counting) {
    try {
      if (counting) {
        carryCounting(from, to);
      } else {
        from.getInputStream().transferTo(to.getOutputStream());
      }
    } catch (IOException e) {
      // One of them has ended.
    }
    if (!death.isDead()) { // else the server is to take what has arrived
      close(from);
      close(to);
    }
  }

  private void carryCounting(Socket from, Socket to) throws IOException {
    var in = new BufferedInputStream(from.getInputStream());
    var out = new BufferedOutputStream(to.getOutputStream());
    while (true) {
      var line = line(in);
      var words = line.strip().split("\\s+", -1);
      var publishes = words[0].equals("PUB") || words[0].equals("HPUB");
      var body =
          publishes ? in.readNBytes(Integer.parseInt(words[words.length - 1]) + 2) : new byte[0];
      var isRequest = publishes && words.length == (words[0].equals("PUB") ? 4 : 5);
      var call = new Death.Call("PUB", isRequest ? words[1] : "", new String(body, ISO_8859_1));
      var counts = isRequest && isCounted(call);
      if (counts ? !death.passes(call) : death.isDead()) {
        return;
      }
      out.write(line.getBytes(ISO_8859_1));
      out.write(body);
      if (counts || in.available() == 0) {
        out.flush();
      }
      if (counts) {
        death.arrived(call);
      }
    }
  }

  private boolean isCounted(Death.Call call) {
    if (!CHANGE.matcher(call.where()).matches()) {
      return false;
    }
    var uid = UID.matcher(call.where() + " " + call.body());
    return uid.find() && known.computeIfAbsent(uid.group(), counted::test);
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    while (line.isEmpty() || line.charAt(line.length() - 1) != '\n') {
      var next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString();
  }

  /** The server's side of the connections stays, as after a process that says no word any more. */
  private void cut() {
    operators.forEach(QueueWay::close);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  @Override
  public void close() {
    try {
      entry.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.forEach(QueueWay::close);
  }
}
