package dev.batchapi.crds;

/**
 * Something wrong in a resource.
 *
 * @param path where, such as {@code spec.jobs[0].input}
 * @param message what and the way out, one or two sentences for people
 */
public record Problem(String path, String message) {

  @Override
  public String toString() {
    return path + ": " + message;
  }
}
