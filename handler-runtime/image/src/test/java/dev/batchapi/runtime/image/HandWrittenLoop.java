package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.impl.Headers;
import java.time.Duration;

/** The peer of the benchmark: fetch, fenced publish, acknowledge, with jnats alone. */
final class HandWrittenLoop {
  private HandWrittenLoop() {}

  /** Works until it is killed. Arguments: URL, credentials file, job. */
  public static void main(String[] arguments) throws Exception {
    var job = arguments[2];
    var options =
        new Options.Builder()
            .server(arguments[0])
            .authHandler(Nats.credentials(arguments[1]))
            .inboxPrefix("_INBOX_" + job + ".")
            .build();
    var result = "[1]".getBytes(UTF_8);
    var js = Nats.connect(options).jetStream();
    var subscription = js.subscribe(null, PullSubscribeOptions.fastBind("WORK", job));
    while (true) {
      for (var message : subscription.fetch(1, Duration.ofSeconds(5))) {
        var subject = message.getSubject();
        js.publish(
            "out." + job + subject.substring(subject.lastIndexOf('.')),
            new Headers().add("Batch-Outcome", "SUCCEEDED").add("Batch-Attempts", "1"),
            result,
            PublishOptions.builder().expectedLastSubjectSequence(0).build());
        message.ackSync(Duration.ofSeconds(5));
      }
    }
  }
}
