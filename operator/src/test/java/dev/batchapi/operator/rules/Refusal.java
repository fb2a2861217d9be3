package dev.batchapi.operator.rules;

import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.Predicate;

/** What an API server said when it refused an object. */
final class Refusal {
  /** Follows any other finding, and says nothing itself. */
  private static final String NOT_CHECKED = "some validation rules were not checked";

  private Refusal() {}

  /** One line for each thing that is wrong: the field, a colon, and why. None: it was accepted. */
  static List<String> of(Runnable change) {
    try {
      change.run();
      return List.of();
    } catch (KubernetesClientException refused) {
      return lines(refused);
    }
  }

  private static List<String> lines(KubernetesClientException refused) {
    if (refused.getStatus() == null) {
      throw refused;
    }
    var details = refused.getStatus().getDetails();
    if (details == null || details.getCauses() == null || details.getCauses().isEmpty()) {
      return List.of(refused.getStatus().getMessage());
    }
    return details.getCauses().stream()
        .filter(cause -> !cause.getMessage().contains(NOT_CHECKED))
        .map(Refusal::line)
        .toList();
  }

  private static String line(StatusCause cause) {
    return cause.getField() + ": " + cause.getMessage();
  }

  /** The server shows the refused value too; what is expected are the field and the words. */
  static Predicate<String> matches(String expected) {
    int colon = expected.indexOf(": ");
    String path = expected.substring(0, colon);
    String words = expected.substring(colon);
    // Rules about names are rules of the whole object: only there the server sees metadata.name.
    String field = words.startsWith(": the name") ? "<nil>" : path;
    return line -> line.startsWith(field + ": ") && line.endsWith(words);
  }
}
