package dev.batchapi.runtime.host;

import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.batchapi.runtime.host.jackson.JacksonBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.function.Supplier;

/**
 * Below the author's loader: defines our binding classes once more, so that they are linked against
 * the author's Jackson.
 */
final class BindingLoader extends ClassLoader {
  private static final String OURS = "dev.batchapi.runtime.host.";
  private static final String BINDING = JacksonBinding.class.getPackageName() + ".";

  private final ClassLoader ours = BindingLoader.class.getClassLoader();

  private BindingLoader(AuthorLoader author) {
    super(author);
  }

  /**
   * Binding by our Jackson. With its modules by name: looking for modules opens every jar of ours,
   * which takes longer than the rest.
   */
  static JsonBinding ours() {
    return JacksonBinding.with(new JavaTimeModule(), new Jdk8Module());
  }

  /**
   * The binding for this author's classes.
   *
   * @param ours gives what {@link #ours} made
   * @throws HandlerInvalidException if the author's Jackson is not one that this works with
   */
  static JsonBinding bindingFor(AuthorLoader author, Supplier<JsonBinding> ours)
      throws HandlerInvalidException {
    if (!author.ownJackson()) {
      return ours.get();
    }
    try {
      return (JsonBinding)
          new BindingLoader(author)
              .loadClass(JacksonBinding.class.getName())
              .getMethod("withModulesOf", ClassLoader.class)
              .invoke(null, author);
    } catch (InvocationTargetException e) {
      throw unusable(e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw unusable(e);
    }
  }

  private static HandlerInvalidException unusable(Throwable cause) {
    return new HandlerInvalidException(
        "the jackson-databind on the class path can't be used (%s): it needs version 2.10 or newer, 2.12 for records, with jackson-core and jackson-annotations of the same version"
            .formatted(cause));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    if (!name.startsWith(BINDING)) {
      return ours.loadClass(name);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream file = ours.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = file.readAllBytes();
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
