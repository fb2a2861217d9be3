package dev.batchapi.runtime.host;

/** What a {@link LinkageError} while the handler is loaded means to its author. */
final class Linkage {
  private Linkage() {}

  static HandlerInvalidException invalid(
      String className, LinkageError error, ClassPath classPath) {
    String message = String.valueOf(error.getMessage());
    return new HandlerInvalidException(
        switch (error) {
          case UnsupportedClassVersionError _ ->
              "%s is compiled for a newer Java than this runtime's, %s: compile with --release %s (%s)"
                  .formatted(className, Runtime.version(), Runtime.version().feature(), message);
          case NoClassDefFoundError _ ->
              "%s needs class %s, which is not in %s: add its library to classpath"
                  .formatted(className, message.replace('/', '.'), classPath);
          case UnsatisfiedLinkError _ ->
              "%s needs a native library that can't be loaded: %s".formatted(className, message);
          case ClassFormatError _ ->
              "the class file of %s is damaged: %s".formatted(className, message);
          default ->
              "%s can't be linked, probably because a library on the class path has another version than it was compiled with: %s: %s"
                  .formatted(className, error.getClass().getSimpleName(), message);
        });
  }

  /** Whether it says that a static initializer threw, now or earlier. */
  static boolean isInitializer(LinkageError error) {
    return error instanceof ExceptionInInitializerError
        || String.valueOf(error.getMessage()).startsWith("Could not initialize class ");
  }
}
