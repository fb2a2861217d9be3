package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.MetricsClient;
import dev.batchapi.runtime.protocol.Start;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** From a code folder and a class path to a handler that is ready for batches. */
final class HandlerLoader {
  private final Path code;
  private final ClassPath classPath;
  private final AuthorLoader loader;

  /**
   * Finds the author's class path.
   *
   * @throws HandlerInvalidException if a part of it does not exist
   */
  HandlerLoader(Path code, List<String> patterns) throws HandlerInvalidException {
    this.code = code;
    this.classPath = ClassPath.of(patterns, code);
    this.loader = new AuthorLoader(classPath);
  }

  /** What must be the context class loader of the thread that calls {@link #load}, and after. */
  ClassLoader loader() {
    return loader;
  }

  /**
   * Compiles what is to be compiled, finds the class, binds its types and constructs it.
   *
   * @param ours binds if the author brings no Jackson
   * @throws HandlerInvalidException if the handler can't be used
   * @throws HandlerBrokenException if its constructor or a static initializer threw
   */
  LoadedHandler load(Start start, MetricsClient metrics, Supplier<JsonBinding> ours)
      throws HandlerInvalidException, HandlerBrokenException {
    // With a class path and no file of its own, what lies in the folder is not the
    // handler's source.
    boolean inSource = start.handler().file() != null || start.handler().classpath().isEmpty();
    List<Path> sources = inSource ? sources() : List.of();
    if (!sources.isEmpty()) {
      loader.add(SourceCompiler.compile(sources, classPath, !loader.ownJackson()));
    }
    String className = start.handler().className();
    try {
      Class<?> type = find(className);
      if (ItemHandler.class.isAssignableFrom(type) && !start.handler().perItem()) {
        throw new HandlerInvalidException(
            "class %s implements ItemHandler, which has one result for each item: leave handler.results: Batch out, or implement BatchHandler"
                .formatted(className));
      }
      JsonBinding binding = BindingLoader.bindingFor(loader, ours);
      JsonBinding.Items items = items(type, binding);
      Construction construction = Construction.of(type);
      Object handler = construction.run(start.jobSpec(), metrics, binding);
      return new LoadedHandler(handler, items, binding);
    } catch (LinkageError e) {
      throw Linkage.invalid(className, e, classPath);
    }
  }

  private List<Path> sources() throws HandlerInvalidException {
    List<Path> sources = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(code, "*.java")) {
      files.forEach(sources::add);
    } catch (IOException e) {
      throw new HandlerInvalidException(
          "the code folder %s can't be read: %s".formatted(code, e.getMessage()));
    }
    sources.sort(null);
    return sources;
  }

  private Class<?> find(String className) throws HandlerInvalidException {
    Class<?> type = loader.find(className);
    if (type == null) {
      throw new HandlerInvalidException(
          "class %s was not found in %s%s"
              .formatted(
                  className, classPath, Candidates.hint(className, loader.compiled(), classPath)));
    }
    boolean ofBatches = BatchHandler.class.isAssignableFrom(type);
    boolean ofItems = ItemHandler.class.isAssignableFrom(type);
    if (!ofBatches && !ofItems) {
      throw new HandlerInvalidException(
          "class %s does not implement dev.batchapi.handler.BatchHandler, nor ItemHandler%s"
              .formatted(className, Candidates.among(loader.compiled(), classPath)));
    }
    if (ofBatches && ofItems) {
      throw new HandlerInvalidException(
          "class %s implements both BatchHandler and ItemHandler: leave one out"
              .formatted(className));
    }
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      throw new HandlerInvalidException(
          "%s is %s and can't be constructed: name a class that implements it"
              .formatted(className, type.isInterface() ? "an interface" : "abstract"));
    }
    for (Class<?> outer = type; outer != null; outer = outer.getDeclaringClass()) {
      if (!Modifier.isPublic(outer.getModifiers())) {
        throw new HandlerInvalidException(
            "class %s is not public: declare it \"public class %s\""
                .formatted(outer.getName(), outer.getSimpleName()));
      }
    }
    if (type.getDeclaringClass() != null && !Modifier.isStatic(type.getModifiers())) {
      throw new HandlerInvalidException(
          "class %s is an inner class: declare it \"public static class %s\""
              .formatted(className, type.getSimpleName()));
    }
    return type;
  }

  private static JsonBinding.Items items(Class<?> type, JsonBinding binding)
      throws HandlerInvalidException {
    try {
      return binding.items(ItemType.of(type));
    } catch (BindingException e) {
      throw new HandlerInvalidException(
          "the items of %s can't be bound: %s".formatted(type.getName(), e.getMessage()));
    }
  }
}
