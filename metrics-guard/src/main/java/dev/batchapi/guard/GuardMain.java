package dev.batchapi.guard;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program. Exit codes: 143 ended by SIGTERM, 64 a bad setting, 1 anything else. */
public final class GuardMain {
  private static final Logger LOG = LoggerFactory.getLogger(GuardMain.class);
  private static final int BAD_SETTING = 64;

  private GuardMain() {}

  /**
   * {@code --train} has it work for a moment and end, for the AOT cache; {@code --print-args
   * FOLDER} prints how the image there starts it.
   */
  public static void main(String[] arguments) throws Exception {
    if (List.of(arguments).contains("--train")) {
      Training.run();
      return;
    }
    if (arguments.length == 2 && arguments[0].equals("--print-args")) {
      GuardCommand.arguments(Path.of(arguments[1])).forEach(System.out::println);
      return;
    }
    GuardSettings settings;
    try {
      settings = GuardSettings.from(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      System.exit(BAD_SETTING);
      return;
    }
    serve(settings);
  }

  private static void serve(GuardSettings settings) throws IOException {
    Guard guard = new Guard(settings);
    Web web = new Web(settings, guard);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("guard-end")
                .unstarted(
                    () -> {
                      guard.close();
                      web.close();
                    }));
    guard.start();
    LOG.info(
        "Listens on {} for StatsD, shows itself on {}, hands on to {}.",
        text(settings.listen()),
        text(settings.http()),
        text(settings.exporter()));
  }

  static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }
}
