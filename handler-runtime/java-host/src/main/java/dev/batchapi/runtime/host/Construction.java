package dev.batchapi.runtime.host;

import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.MetricsClient;
import dev.batchapi.runtime.protocol.PlainJson;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gives the handler's constructor what it asks for. */
final class Construction {
  private static final String OFFER =
      "it may ask for the configuration (a Map<String, Object>, a record or a class), JobSpec and MetricsClient, each at most once, in any order";

  private final Constructor<?> constructor;

  private Construction(Constructor<?> constructor) {
    this.constructor = constructor;
  }

  /**
   * Checks the constructor of a handler's class.
   *
   * @throws HandlerInvalidException if there isn't exactly one that is public, or it asks for
   *     something else
   */
  static Construction of(Class<?> type) throws HandlerInvalidException {
    Constructor<?>[] constructors = type.getConstructors();
    if (constructors.length != 1) {
      throw new HandlerInvalidException(
          "%s has %s; it needs exactly one, and %s"
              .formatted(
                  type.getName(),
                  constructors.length == 0
                      ? "no public constructor"
                      : constructors.length + " public constructors",
                  OFFER));
    }
    Set<Class<?>> asked = new HashSet<>();
    for (Parameter parameter : constructors[0].getParameters()) {
      Class<?> kind = kind(parameter);
      if (kind == null) {
        throw new HandlerInvalidException(
            "the constructor of %s asks for %s, which can't be given: %s"
                .formatted(type.getName(), shown(parameter), OFFER));
      }
      if (!asked.add(kind)) {
        throw new HandlerInvalidException(
            "the constructor of %s asks for %s as well, and had %s already: %s"
                .formatted(
                    type.getName(),
                    shown(parameter),
                    kind == Map.class ? "the configuration" : "one",
                    OFFER));
      }
    }
    return new Construction(constructors[0]);
  }

  /** JobSpec, MetricsClient, Map for any form of the configuration, or null for none of them. */
  private static @Nullable Class<?> kind(Parameter parameter) {
    Class<?> type = parameter.getType();
    if (type == JobSpec.class || type == MetricsClient.class) {
      return type;
    }
    return type == Map.class || isBindable(type) ? Map.class : null;
  }

  private static boolean isBindable(Class<?> type) {
    return !type.isPrimitive()
        && !type.isArray()
        && !type.isEnum()
        && !type.isInterface()
        && (!Modifier.isAbstract(type.getModifiers()) || isTree(type))
        && (!isJdks(type) || Map.class.isAssignableFrom(type))
        && !type.getPackageName().equals(JobSpec.class.getPackageName());
  }

  private static boolean isTree(Class<?> type) {
    return type.getName().equals("com.fasterxml.jackson.databind.JsonNode");
  }

  private static boolean isJdks(Class<?> type) {
    return type.getName().startsWith("java.") || type.getName().startsWith("javax.");
  }

  private static String shown(Parameter parameter) {
    String type = parameter.getParameterizedType().getTypeName();
    return parameter.isNamePresent() ? type + " " + parameter.getName() : type;
  }

  /**
   * Calls it.
   *
   * @throws HandlerInvalidException if the configuration doesn't fit what it asks for
   * @throws HandlerBrokenException if the author's code threw
   * @throws LinkageError if a class is missing or of another version
   */
  Object run(JobSpec job, MetricsClient metrics, JsonBinding binding)
      throws HandlerInvalidException, HandlerBrokenException {
    @Nullable Object[] arguments = new @Nullable Object[constructor.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Class<?> type = constructor.getParameterTypes()[i];
      arguments[i] =
          type == JobSpec.class
              ? job
              : type == MetricsClient.class ? metrics : config(i, job, binding);
    }
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getTargetException();
      if (thrown instanceof LinkageError missing && !Linkage.isInitializer(missing)) {
        throw missing;
      }
      throw new HandlerBrokenException(thrown);
    } catch (ExceptionInInitializerError e) {
      throw new HandlerBrokenException(e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new HandlerInvalidException(
          "%s can't be constructed: %s".formatted(constructor.getDeclaringClass().getName(), e));
    }
  }

  private @Nullable Object config(int parameter, JobSpec job, JsonBinding binding)
      throws HandlerInvalidException {
    try {
      return binding.config(
          PlainJson.write(job.config()), constructor.getGenericParameterTypes()[parameter]);
    } catch (BindingException e) {
      throw new HandlerInvalidException(
          "%s (for the constructor of %s)"
              .formatted(e.getMessage(), constructor.getDeclaringClass().getName()));
    }
  }
}
