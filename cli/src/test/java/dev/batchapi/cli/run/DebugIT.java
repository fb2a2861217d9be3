package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code batchapi run --debug}: a debugger's session, as a person has it. */
class DebugIT {
  /** Of a packet of JDWP's Event.Composite, behind its length: where the first event's kind is. */
  private static final int EVENT_KIND = 12;

  private static final byte VM_START = 90;

  /** Types a line at each prompt, as a person does; the first argument has the lines. */
  private static final String TYPIST =
      """
      import os, pty, select, sys
      lines = sys.argv[1].split("|")
      pid, terminal = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[2], sys.argv[2:])
      screen, seen = b"", 0
      while True:
          ready, _, _ = select.select([terminal], [], [], 120)
          if not ready:
              os.write(1, screen + b"\\nno prompt came")
              os.kill(pid, 9)
              break
          try:
              data = os.read(terminal, 4096)
          except OSError:
              break
          if not data:
              break
          screen += data
          if screen.endswith(b"(Pdb) ") and screen.count(b"(Pdb) ") > seen:
              seen = screen.count(b"(Pdb) ")
              os.write(terminal, (lines.pop(0) if lines else "continue").encode() + b"\\n")
      os.write(1, screen)
      os.waitpid(pid, 0)
      """;

  private static final String BREAKPOINT =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              total = sum(payload)
              breakpoint()
              print("the total is", total)
              return [total] * len(payload)
      """;

  @TempDir private Path folder;

  @Test
  void aBreakpointOpensPdbOnTheTerminalAndNoDeadlineEndsIt() throws Exception {
    var cli = new Cli(folder);
    var file =
        cli.python(
            BREAKPOINT,
            "batchSize: 2\ntimeouts: {batchSeconds: 1, runSeconds: 2}",
            "workers: 4\ninput: {items: [3, 4, 5]}");
    var screen =
        cli.drivenBy(
            TYPIST,
            "p total|!time.sleep(3)|total = 70|continue|p payload",
            "run",
            file,
            "--debug",
            "--results",
            "r.jsonl");
    assertThat(screen)
        .contains("-> print(\"the total is\", total)", "(Pdb) p total\r\n7", "the total is 70")
        .contains("(Pdb) p payload\r\n[5]", "the total is 5", "job: Complete")
        .doesNotContain("[####");
    assertThat(folder.resolve("r.jsonl"))
        .content()
        .contains("\"item\":0,\"batch\":0,\"result\":70");
  }

  @Test
  void whoLeavesPdbFailsThatBatchOnceAndIsToldWhere() throws Exception {
    var cli = new Cli(folder);
    var file = cli.python(BREAKPOINT, "", "input: {items: [3]}");
    var screen = cli.drivenBy(TYPIST, "quit", "run", file, "--debug");
    assertThat(screen).contains("1 attempt", "bdb.BdbQuit", "at handler.py:7, in handle_batch");
  }

  @Test
  void oneBatchOrOneItemIsRunAlone() throws Exception {
    var cli = new Cli(folder);
    var file =
        cli.python(
            """
            class Handler:
                def handle_batch(self, payload):
                    return [10 // item for item in payload]
            """,
            "batchSize: 2",
            "input: {files: {paths: [items.jsonl]}}");
    cli.file("items.jsonl", "1\n2\n5.00000000000000000001\n0\n7\n");
    cli.run("run", file, "--batch", "1")
        .exits(2)
        .says("0 succeeded, 1 failed, 0 not done (of 1; 2 items)")
        .says("items 2 to 3, items.jsonl:3 to items.jsonl:4", "ZeroDivisionError")
        .says("at handler.py:3, in <listcomp>");
    cli.run("run", file, "--item", "2", "--results", "r.jsonl").exits(0);
    assertThat(folder.resolve("r.jsonl"))
        .content()
        .contains("\"item\":2", "\"source\":\"items.jsonl:3\"", "\"result\":2.0");
    cli.run("run", file, "--item", "4", "--results", "r.jsonl").exits(0);
    assertThat(folder.resolve("r.jsonl")).content().contains("\"item\":4").contains("\"result\":1");
    cli.run("run", file, "--batch", "3")
        .exits(64)
        .says("the job has 3 batches, numbered from 0 to 2");
    cli.run("run", file, "--item", "-1")
        .exits(64)
        .says("the job has 5 items, numbered from 0 to 4");
    cli.run("run", file, "--item", "1", "--batch", "1").exits(64).says("give one of them");
  }

  @Test
  void aJavaHandlerWaitsForItsDebugger() throws Exception {
    var cli = new Cli(folder);
    var file =
        cli.java(
            """
            import dev.batchapi.handler.*;
            import java.util.List;

            public final class Handler implements BatchHandler<Integer, Integer> {
              @Override
              public Integer handleBatch(List<Integer> payload, BatchContext batch) {
                return 42;
              }
            }
            """,
            "timeouts: {startupSeconds: 1}",
            "input: {items: [1]}");
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (var running = cli.start("run", file, "--debug-port", Integer.toString(port))) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> running.outSoFar().contains("Listening for transport dt_socket"));
      assertThat(running.outSoFar()).doesNotContain("Complete");
      attachAndResume(port);
      running.result().exits(0).says("job: Complete");
    }
    cli.run("run", file, "--debug-port", "70000").exits(64).says("1 to 65535");
  }

  /**
   * The wire protocol of Java's debuggers: a handshake, the virtual machine's word that it has
   * started, VirtualMachine.Resume. Whoever resumes before that word resumes nothing: the machine
   * suspends itself as it says it.
   */
  private static void attachAndResume(int port) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    var hello = "JDWP-Handshake".getBytes(StandardCharsets.US_ASCII);
    var in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(hello);
    assertThat(in.readNBytes(hello.length)).isEqualTo(hello);
    var started = new byte[in.readInt() - Integer.BYTES];
    in.readFully(started);
    assertThat(started[EVENT_KIND]).isEqualTo(VM_START);
    socket.getOutputStream().write(new byte[] {0, 0, 0, 11, 0, 0, 0, 1, 0, 1, 9});
    socket.getOutputStream().flush();
  }
}
