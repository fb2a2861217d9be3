package dev.batchapi.guard;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Somebody who sends to a guard, from an address of this machine: any in 127.0.0.0/8. */
final class Sending implements AutoCloseable {
  private final DatagramSocket socket;
  private final InetSocketAddress target;

  Sending(String address, int port) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  void send(String... lines) throws IOException {
    send(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, target));
  }

  @Override
  public void close() {
    socket.close();
  }
}
