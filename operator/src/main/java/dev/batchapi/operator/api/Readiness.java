package dev.batchapi.operator.api;

import dev.batchapi.operator.status.Reason;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether jobs of a BatchAPI can run. */
sealed interface Readiness {
  /** How many keys of a ConfigMap a message names. */
  int NAMED = 20;

  /** Jobs can run. */
  record Ready() implements Readiness {}

  /**
   * They can't.
   *
   * @param reason one word for programs
   * @param message what is wrong and the way out
   * @param mayPass whether it can pass without a change of the BatchAPI
   */
  record NotReady(Reason reason, String message, boolean mayPass) implements Readiness {}

  static NotReady specInvalid(List<?> problems) {
    return new NotReady(
        Reason.SpecInvalid,
        problems.stream().map(Object::toString).collect(Collectors.joining("; ")),
        false);
  }

  static NotReady noPythonHost(String message) {
    return new NotReady(Reason.NoPythonHost, message, false);
  }

  static NotReady configMapNotFound(String configMap, String namespace) {
    return new NotReady(
        Reason.ConfigMapNotFound,
        "ConfigMap \"%s\" with the handler's code not found in namespace \"%s\": create it, or name another one in spec.handler."
            .formatted(configMap, namespace),
        true);
  }

  static NotReady configMapKeyNotFound(
      String configMap, String namespace, String key, Set<String> keys) {
    return new NotReady(
        Reason.ConfigMapKeyNotFound,
        "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\" with the handler's code: add it, or set spec.handler's file to the key that has it. %s"
            .formatted(
                configMap,
                namespace,
                key,
                keys.isEmpty() ? "It has no keys." : "Its keys are: %s.".formatted(list(keys))),
        true);
  }

  static NotReady configMapIsBinary(String configMap, String namespace, Set<String> keys) {
    return new NotReady(
        Reason.ConfigMapIsBinary,
        "ConfigMap \"%s\" in namespace \"%s\" has binary data (%s), and code is text: put such files into the image or into a volume of spec.template."
            .formatted(configMap, namespace, list(keys)),
        true);
  }

  private static String list(Set<String> keys) {
    return keys.stream().sorted().limit(NAMED).collect(Collectors.joining(", "))
        + (keys.size() > NAMED ? ", …" : "");
  }

  static NotReady templateInvalid(String message) {
    return new NotReady(Reason.TemplateInvalid, message, false);
  }

  /** The namespace's level may be changed, and then nothing of the BatchAPI has to be. */
  static NotReady templateInsecure(String message) {
    return new NotReady(Reason.TemplateInvalid, message, true);
  }

  static NotReady templateRefused(String wordsOfTheApiServer) {
    return templateInvalid(
        "The API server refuses the workers' pods; correct the BatchAPI's template, resources, env or image: "
            + wordsOfTheApiServer);
  }

  static NotReady jobsForbidden(String namespace, String wordsOfTheApiServer) {
    return new NotReady(
        Reason.JobsForbidden,
        "The operator may not create the workers' Jobs in namespace \"%s\"; ask whoever administers it: %s"
            .formatted(namespace, wordsOfTheApiServer),
        true);
  }
}
